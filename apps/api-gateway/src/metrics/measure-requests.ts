import { type FastifyInstance } from 'fastify';
import { type GatewayMetrics } from './gateway-metrics';

/** Counts and times every request, by route and not by path, so that the number of series is bounded. */
export function measureRequests(server: FastifyInstance, metrics: GatewayMetrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { route } = request;
    // Node's parser lets only methods that exist through.
    metrics.requests.inc({
      method: request.method,
      route,
      status: reply.statusCode,
      auth: request.caller?.principal.method ?? 'none',
    });
    metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1_000);
    done();
  });
}
