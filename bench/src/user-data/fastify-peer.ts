import { fastify } from 'fastify';
import { addItemRoutes } from './fastify/item-routes';
import { addReservationRoutes } from './fastify/reservation-routes';
import { basics, setUser } from './fastify/transactions';

/*
 * The peer that a careful engineer writes without a framework of classes: Fastify 5 with schemas for input and output,
 * and pg with hand-written SQL. Each request runs in one transaction, under the row-level security of user-data's
 * tables. Idempotent answers are stored in that transaction. One log line for each request.
 */

const server = fastify({ logger: { level: 'info' }, disableRequestLogging: true });

server.addHook('onRequest', (request, reply, done) => {
  const user = basics.userOf(request.headers['x-api-key']);
  if (user === undefined) {
    void reply.code(401).send({ code: 'unauthenticated' });
    return;
  }
  setUser(request, user);
  done();
});
server.addHook('onResponse', (request, reply, done) => {
  const { method, routeOptions } = request;
  request.log.info({ method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
  done();
});

addItemRoutes(server);
addReservationRoutes(server);

process.on('SIGTERM', () => process.exit(0));
void server.listen({ port: basics.order.port, host: '127.0.0.1' });
