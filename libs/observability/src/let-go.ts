import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';

/** How long the connections that are open at shutdown are given to be told, with an answer, not to be used again. */
const DRAIN_MS = 500;
const POLL_MS = 10;

/**
 * Lets go of every connection at shutdown without breaking a request. An idle connection that the server closes may
 * just be carrying the next request: so for half a second all is still answered, each time with `Connection: close`, and
 * only what stayed idle is closed then.
 */
export function letGoAtShutdown(server: FastifyInstance): void {
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
  // An answer whose head was written just before cannot say so any more: its connection is ended when it is idle. Node
  // closes only those that are idle when the server is closed; the others would hold the process until their time is over.
  server.addHook('onResponse', (_request, _reply, done) => {
    if (drained) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
}
