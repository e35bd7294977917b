import { randomUUID } from 'node:crypto';
import { clientRequestId } from '@gatehouse/http-edge';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type LogFields, withLogContext } from './log-context';

/**
 * Makes the id of a request, for Fastify's `genReqId`. Ignores the id that the client sent, because a client could send
 * the id of another request.
 */
export function requestId(): string {
  return randomUUID();
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Fields that the handler adds to the log line of the request: ids and codes, no personal data. */
    logged?: Readonly<Record<string, string>>;
    /**
     * Pattern of the route, such as `/api/keys/:id`; `unknown` when no route matches. Logged instead of the path, so
     * that the field has few values.
     */
    route: string;
  }
}

/**
 * Adds our request id and the client's to every log line of a request, and ours to the response as `x-request-id`. Logs one
 * line per request: method, route, status, milliseconds and `request.logged`. Never logs headers, bodies or query strings.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.decorateRequest('route', 'unknown');
  server.addHook('onRequest', (request, reply, done) => {
    // Stored, because Fastify builds `routeOptions` anew at each access.
    request.route = request.routeOptions.url ?? 'unknown';
    void reply.header('x-request-id', request.id);
    withLogContext(idsOf(request), done);
  });
  // These fields hold no secrets, and redaction would take longer than writing the line.
  const unredacted = logger.child({}, { redact: [] });
  server.addHook('onResponse', (request, reply, done) => {
    unredacted.info(
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

/** Ids for every log line of a request: ours, and the client's if it sent one. */
function idsOf(request: FastifyRequest): LogFields {
  const theirs = clientRequestId(request);
  return { correlationId: request.id, ...(theirs !== undefined && { clientRequestId: theirs }) };
}
