import { OriginList } from '@gatehouse/config';
import { type Logger } from 'pino';
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
/** Response headers that pages may read. */
const RESPONSE_HEADERS =
  'ETag, Idempotency-Replayed, Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id';
const MAX_AGE_SECONDS = '600';

/** Origins whose pages may call the gateway, and the headers that these pages may send. */
export interface CorsRules {
  readonly corsOrigins: readonly string[];
  readonly corsAllowedHeaders: readonly string[];
}

/** Headers that answer a page of another origin. */
export type CorsHeaders = Readonly<Record<string, string>>;

/** Origins of a route that are allowed in addition to `CORS_ORIGINS`. */
export type RouteOrigins = Pick<OriginList, 'includes'>;

const VARIES: CorsHeaders = { vary: 'Origin' };

/** Says which pages may read responses and send credentials. */
export class CorsPolicy {
  private readonly origins: OriginList;
  private readonly requestHeaders: string;
  private readonly refused: RefusedOrigins;

  constructor({ corsOrigins, corsAllowedHeaders }: CorsRules, log: Pick<Logger, 'warn'>) {
    this.origins = new OriginList(corsOrigins);
    this.requestHeaders = [...new Set([...REQUEST_HEADERS, ...corsAllowedHeaders])].join(', ');
    this.refused = new RefusedOrigins(log);
  }

  /**
   * Returns the headers of a response. Without those that allow the origin, the browser withholds the response from the
   * page. `Vary` is always there, because a cache must not send the response to a page of another origin.
   */
  headersFor(origin: string | undefined, ofRoute?: RouteOrigins): CorsHeaders {
    if (origin === undefined || !this.allows(origin, ofRoute)) return VARIES;
    return {
      ...VARIES,
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': RESPONSE_HEADERS,
    };
  }

  /**
   * Returns the headers of the answer to a preflight, which is 204. Returns undefined if the origin is not allowed, and
   * logs each such origin once.
   * @param methods allowed methods; by default those of the gateway's own routes
   */
  preflight(origin: string, methods = METHODS, ofRoute?: RouteOrigins): CorsHeaders | undefined {
    if (!this.allows(origin, ofRoute)) {
      this.refused.report(origin);
      return undefined;
    }
    return {
      ...this.headersFor(origin, ofRoute),
      'access-control-allow-methods': methods,
      'access-control-allow-headers': this.requestHeaders,
      'access-control-max-age': MAX_AGE_SECONDS,
    };
  }

  private allows(origin: string, ofRoute: RouteOrigins | undefined): boolean {
    return this.origins.includes(origin) || (ofRoute?.includes(origin) ?? false);
  }
}
