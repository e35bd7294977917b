import { cameOverHttps } from '@gatehouse/observability';
import { type FastifyInstance } from 'fastify';
import { HttpsRequiredError } from '../errors';

/** Two years, as the lists that browsers ship with ask for. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000; includeSubDomains';

/**
 * Refuses what came over plain HTTP, as a trusted proxy's `X-Forwarded-Proto` says: a redirect would let clients go on
 * sending credentials in the clear first. To HTTPS, it says to stay there.
 * @see https://www.rfc-editor.org/rfc/rfc6797
 */
export function requireHttps(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!cameOverHttps(request)) return done(new HttpsRequiredError());
    void reply.header('strict-transport-security', STRICT_TRANSPORT_SECURITY);
    done();
  });
}
