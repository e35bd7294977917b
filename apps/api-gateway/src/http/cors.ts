import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../config';
import { CorsPolicy, type CorsRules } from '../cors/cors-policy';
import { preflightMethod } from '../cors/preflight';
import { OriginNotAllowedError } from '../errors';

type GatewayOrigins = CorsRules & Pick<GatewayConfig, 'console'>;

/**
 * Allows pages of listed origins to read responses and send credentials. Rejects preflights of unlisted origins with
 * 403. Other requests of unlisted origins get no CORS headers, so the browser withholds the response. @fastify/cors is
 * not used, because its catch-all OPTIONS route could not declare its access.
 */
export function allowOrigins(server: FastifyInstance, rules: GatewayOrigins, log: Logger): void {
  const policy = new CorsPolicy(rules, log);
  server.addHook('onRequest', ({ method, headers }, reply, done) => {
    // No page of another origin reads what the console reads.
    const origin = rules.console?.includes({ headers }) ? undefined : headers.origin;
    void reply.headers(policy.headersFor(origin));
    if (origin === undefined || preflightMethod(method, headers) === undefined) return done();
    const answer = policy.preflight(origin);
    if (answer === undefined) return done(new OriginNotAllowedError());
    void reply.status(204).headers(answer).send();
  });
}
