import { type AddressInfo } from 'node:net';
import {
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type HealthCheckService, type HealthIndicatorService } from '@nestjs/terminus';
import { type FastifyInstance, fastify } from 'fastify';
import { type Registry } from 'prom-client';
import { type ReadinessCheck } from './readiness-check';
import { createReadinessGauge } from './readiness-gauge';

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Operations port for operators and Kubernetes, separate from client traffic.
 *
 * - `/healthz`: 200 while the process answers.
 * - `/readyz`: 200 while all readiness checks pass; otherwise, and during shutdown, 503. `/readyz?exclude=<check>`
 *   skips a check, like the servers of Kubernetes; an unknown check is rejected with 400.
 * - `/metrics`: Prometheus text, with the result of each readiness check.
 * @see https://kubernetes.io/docs/reference/using-api/health-checks/
 */
export class OpsServer implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly server: FastifyInstance = fastify({ logger: false, requestTimeout: 10_000 });
  private draining = false;

  constructor(
    private readonly options: { readonly host: string; readonly port: number; readonly metricPrefix: string },
    private readonly checks: readonly ReadinessCheck[],
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly metrics: Registry,
  ) {
    createReadinessGauge(metrics, options.metricPrefix, checks, CHECK_TIMEOUT_MS);
    this.server.get('/healthz', () => ({ status: 'ok' }));
    this.server.get<{ Querystring: { exclude?: string | string[] } }>('/readyz', async (request, reply) => {
      const excluded = new Set([request.query.exclude ?? []].flat());
      const names = this.checks.map(({ name }) => name);
      if ([...excluded].some((name) => !names.includes(name))) {
        const detail = `exclude: is not a check of this service: use ${names.join(', ')}`;
        return reply.code(400).send({ status: 'bad_request', detail });
      }
      const { status, body } = await this.readiness(this.checks.filter(({ name }) => !excluded.has(name)));
      return reply.code(status).send(body);
    });
    this.server.get('/metrics', async (_request, reply) =>
      reply.type(this.metrics.contentType).send(await this.metrics.metrics()),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.server.listen({ host: this.options.host, port: this.options.port });
  }

  /** Runs first at shutdown. From then on `/readyz` returns 503, while other modules are still stopping. */
  onModuleDestroy(): void {
    this.draining = true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }

  /** Port on which the server listens; useful when the system chose the port. */
  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  private async readiness(checks: readonly ReadinessCheck[]): Promise<{ status: number; body: unknown }> {
    if (this.draining) return { status: 503, body: { status: 'shutting_down' } };
    try {
      const body = await this.health.check(
        checks.map(
          ({ name, check }) =>
            () =>
              this.indicators.check(name).attempt(check).withTimeout(CHECK_TIMEOUT_MS),
        ),
      );
      return { status: 200, body };
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return { status: 503, body: error.getResponse() };
      throw error;
    }
  }
}
