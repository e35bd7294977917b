import { OriginList } from '@gatehouse/config';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { OriginNotAllowedError } from '../errors';
import { RefusedOrigins } from './refused-origins';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/**
 * Request headers that pages may send: headers that routes read, and headers that tracing and HTTP libraries add.
 * X-API-Key is not listed, because web pages must not hold API keys.
 */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'x-request-id',
  'x-requested-with',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
];
const RESPONSE_HEADERS =
  'ETag, Idempotency-Replayed, Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id';
const MAX_AGE_SECONDS = '600';

/** Origins whose pages may call the gateway, and the headers that these pages may send. */
export interface CorsRules {
  readonly corsOrigins: readonly string[];
  readonly corsAllowedHeaders: readonly string[];
}

/**
 * Allows pages of listed origins to read responses and send credentials. Rejects preflights of unlisted origins with
 * 403. Other requests of unlisted origins get no CORS headers, so the browser withholds the response. @fastify/cors is
 * not used, because its catch-all OPTIONS route could not declare its access.
 */
export function allowOrigins(server: FastifyInstance, rules: CorsRules, log: Logger): void {
  const allowed = new OriginList(rules.corsOrigins);
  const allowedHeaders = [...new Set([...REQUEST_HEADERS, ...rules.corsAllowedHeaders])].join(', ');
  const refused = new RefusedOrigins(log);
  server.addHook('onRequest', (request, reply, done) => {
    // The response depends on the origin, so a cache must not send it to a page of another origin.
    void reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined) return done();
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!allowed.includes(origin)) {
      if (!isPreflight) return done();
      refused.report(origin);
      return done(new OriginNotAllowedError());
    }
    void reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': RESPONSE_HEADERS,
    });
    if (!isPreflight) return done();
    void reply
      .status(204)
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': allowedHeaders,
        'access-control-max-age': MAX_AGE_SECONDS,
      })
      .send();
  });
}
