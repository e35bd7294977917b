import { everyHopUsedHttps } from '@gatehouse/http-edge';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { HttpsRequiredError } from '../errors';

/** HSTS for two years, as hstspreload.org recommends. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000; includeSubDomains';

/**
 * Rejects requests that came over plain HTTP, according to the `X-Forwarded-Proto` of a trusted proxy. Does not
 * redirect them: a redirect would hide that clients send credentials in the clear. Responses over HTTPS carry HSTS.
 * @see https://www.rfc-editor.org/rfc/rfc6797
 */
export function requireHttps(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!cameOverHttps(request)) return done(new HttpsRequiredError());
    void reply.header('strict-transport-security', STRICT_TRANSPORT_SECURITY);
    done();
  });
}

/** Fastify looks only at the last hop. */
function cameOverHttps({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' && everyHopUsedHttps([headers['x-forwarded-proto'] ?? protocol].flat().join());
}
