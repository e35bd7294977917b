import { randomUUID } from 'node:crypto';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type LogFields, acceptableCorrelationId, withLogContext } from './log-context';

/** Fastify's `genReqId`: an id of our own, because a client could send the id of another client's request. */
export function requestId(): string {
  return randomUUID();
}

/** The client's `x-request-id`; undefined when it is not fit to be stored and logged. */
export function clientRequestId({ headers }: { readonly headers: Record<string, unknown> }): string | undefined {
  return acceptableCorrelationId(headers['x-request-id']);
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
 * Makes every log line of a request carry our id and the client's, answers with ours as `x-request-id`, and writes one
 * line per request: method, route, status, milliseconds and what its handler left in `request.logged`; neither headers,
 * bodies nor query strings.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.decorateRequest('route', 'unknown');
  server.addHook('onRequest', (request, reply, done) => {
    // Fastify makes the options anew each time that they are asked for.
    request.route = request.routeOptions.url ?? 'unknown';
    void reply.header('x-request-id', request.id);
    withLogContext(idsOf(request), done);
  });
  // None of these fields holds a secret; looking for some in each would take longer than writing the line.
  const unsearched = logger.child({}, { redact: [] });
  server.addHook('onResponse', (request, reply, done) => {
    unsearched.info(
      {
        ...idsOf(request),
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

/** The ids that every log line of a request carries: ours, and the client's where it gives one. */
function idsOf(request: FastifyRequest): LogFields {
  const theirs = clientRequestId(request);
  return { correlationId: request.id, ...(theirs !== undefined && { clientRequestId: theirs }) };
}
