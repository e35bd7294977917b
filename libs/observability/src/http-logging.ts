import { randomUUID } from 'node:crypto';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { acceptableCorrelationId, withLogContext } from './log-context';

/** Fastify's `genReqId`: the caller's `x-request-id` if fit, else a new UUID. */
export function requestId(request: { headers: Record<string, unknown> }): string {
  return acceptableCorrelationId(request.headers['x-request-id']) ?? randomUUID();
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What a handler has to say in the request's log line: ids and verdicts, nothing personal. */
    logged?: Readonly<Record<string, string>>;
    /** The route's pattern, and not the path, so that there are few; `unknown` where no route matches. */
    route: string;
  }
}

/**
 * Makes every log line of a request carry its id, answers with `x-request-id`, and writes one line per request:
 * method, route, status, milliseconds and what its handler left in `request.logged`; neither headers, bodies nor query
 * strings.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.decorateRequest('route', 'unknown');
  server.addHook('onRequest', (request, reply, done) => {
    // Fastify makes the options anew each time that they are asked for.
    request.route = request.routeOptions.url ?? 'unknown';
    void reply.header('x-request-id', request.id);
    withLogContext({ correlationId: request.id }, done);
  });
  // None of these fields holds a secret; looking for some in each would take longer than writing the line.
  const unsearched = logger.child({}, { redact: [] });
  server.addHook('onResponse', (request, reply, done) => {
    unsearched.info(
      {
        correlationId: request.id,
        method: request.method,
        route: request.route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ...request.logged,
      },
      'request',
    );
    done();
  });
}
