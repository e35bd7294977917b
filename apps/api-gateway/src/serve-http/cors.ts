import { type FastifyInstance } from 'fastify';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** X-API-Key is not among them: keys are for servers and extensions, not for web pages. */
const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key, X-Request-Id';
const RESPONSE_HEADERS = 'Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id';
const MAX_AGE_SECONDS = '600';

/**
 * Lets the pages of listed origins read answers and send credentials; to any other origin nothing is said, so that its
 * browser refuses. A hook rather than @fastify/cors, whose catch-all OPTIONS route would be one without access.
 */
export function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  server.addHook('onRequest', (request, reply, done) => {
    // Whether the origin is listed changes the answer: caches must know.
    void reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return done();
    void reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': RESPONSE_HEADERS,
    });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    void reply
      .status(204)
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': MAX_AGE_SECONDS,
      })
      .send();
  });
}
