import { type FastifyInstance } from 'fastify';

/**
 * Ends each connection with the answer that is in hand at shutdown. Node closes only those that are idle at that moment:
 * the others would hold the process until their keep-alive time is over.
 */
export function letGoAtShutdown(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
  // An answer whose head was written just before cannot say so any more: its connection is ended when it is idle.
  server.addHook('onResponse', (_request, _reply, done) => {
    if (closing) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
}
