import { type FastifyInstance } from 'fastify';
import { type GatewayMetrics } from './gateway-metrics';

/** Counts every request and measures its duration, by route. By path, the number of time series would be unbounded. */
export function measureRequests(server: FastifyInstance, metrics: GatewayMetrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { route } = request;
    // The number of methods is bounded, because Node's parser rejects unknown ones.
    metrics.requestEnded(
      { method: request.method, route, status: reply.statusCode, auth: request.caller?.principal.method },
      request.beganAfterMs ?? reply.elapsedTime,
    );
    done();
  });
}
