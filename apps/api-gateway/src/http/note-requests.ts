import { type Exchange, exchangeOf } from '@gatehouse/http-edge';
import { type FastifyInstance } from 'fastify';
import { RequestNotFromEdgeError } from '../errors';

declare module 'fastify' {
  interface FastifyRequest {
    /** Fields that the handler adds to the log line of the request: ids and codes, no personal data. */
    logged: Readonly<Record<string, string | number>> | undefined;
    /**
     * Pattern of the route, such as `/api/keys/:id`; `unknown` when no route matches. Logged instead of the path, so
     * that the field has few values.
     */
    route: string;
  }
}

/** The exchange of a request. Every request of Fastify has come from the edge in front of it. */
export function requiredExchange(request: Parameters<typeof exchangeOf>[0]): Exchange {
  const exchange = exchangeOf(request);
  if (exchange === undefined) throw new RequestNotFromEdgeError();
  return exchange;
}

/** Tells the edge, which logs every request, the route and the log fields of a request; and the client its id. */
export function noteRequests(server: FastifyInstance): void {
  server.decorateRequest('route', 'unknown');
  server.decorateRequest('logged', {
    getter() {
      return requiredExchange(this.raw).logged;
    },
    setter(fields) {
      requiredExchange(this.raw).logged = fields;
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    // Stored, because Fastify builds `routeOptions` anew at each access.
    request.route = request.routeOptions.url ?? 'unknown';
    requiredExchange(request.raw).route = request.route;
    void reply.header('x-request-id', request.id);
    done();
  });
}
