import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';

/**
 * How long the server keeps answering at shutdown, so that open connections get a response with `Connection: close`.
 */
const DRAIN_MS = 500;
const POLL_MS = 10;

/**
 * Closes every connection at shutdown without breaking a request. A request may already be on its way on an idle
 * connection. So for up to half a second the server answers every request, with `Connection: close`. Then it closes the
 * connections that stayed idle.
 */
export function drainConnectionsOnShutdown(server: FastifyInstance): void {
  let closing = false;
  let drained = false;
  const open = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.addHook('preClose', async () => {
    closing = true;
    const until = performance.now() + DRAIN_MS;
    while (open.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    drained = true;
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
  // Node closes only connections that are idle when the server closes. A response that began before the shutdown has no
  // `Connection: close`, so its connection would stay open for the keep-alive time. This hook closes such a connection
  // after its response.
  server.addHook('onResponse', (_request, _reply, done) => {
    if (drained) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
}
