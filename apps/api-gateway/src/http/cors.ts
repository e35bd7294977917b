import { OriginList } from '@gatehouse/config';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { OriginNotAllowedError } from '../errors';
import { RefusedOrigins } from './refused-origins';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/**
 * What pages may send: what routes read, and what tracing and HTTP libraries add on their own. X-API-Key is not among
 * them: API keys are for servers and extensions, not for web pages.
 */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'x-request-id',
  'x-requested-with',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
];
const RESPONSE_HEADERS = 'Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id';
const MAX_AGE_SECONDS = '600';

/** Which pages of other origins may call, and which headers they may send. */
export interface CorsRules {
  readonly corsOrigins: readonly string[];
  readonly corsAllowedHeaders: readonly string[];
}

/**
 * Lets the pages of listed origins read responses and send credentials. Rejects preflights of other origins with 403;
 * their other requests get no CORS headers, so that the browser withholds the response. A hook rather than
 * @fastify/cors, whose catch-all OPTIONS route would be one without access.
 */
export function allowOrigins(server: FastifyInstance, rules: CorsRules, log: Logger): void {
  const allowed = new OriginList(rules.corsOrigins);
  const allowedHeaders = [...new Set([...REQUEST_HEADERS, ...rules.corsAllowedHeaders])].join(', ');
  const refused = new RefusedOrigins(log);
  server.addHook('onRequest', (request, reply, done) => {
    // Whether the origin is listed changes the response: caches must know.
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
