import { type DynamicModule, Global, type InjectionToken, Module } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { type Logger } from 'pino';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { OpsServer } from './ops-server';
import { type ReadinessCheck } from './readiness-check';
import { LOGGER, METRICS } from './tokens';

/** Address of the operations port, the readiness checks of the service, and the prefix of its metrics. */
export interface ObservabilityOptions {
  readonly logger: Logger;
  readonly host: string;
  readonly opsPort: number;
  /** `metricPrefix` of contracts. */
  readonly metricPrefix: string;
  readonly checks: {
    readonly inject: InjectionToken[];
    readonly useFactory: (...args: never[]) => ReadinessCheck[];
  };
}

const READINESS_CHECKS = Symbol('ReadinessChecks');

/** Provides the logger (`LOGGER`), the metrics registry (`METRICS`) and the operations port. */
@Global()
@Module({})
export class ObservabilityModule {
  static forRoot(options: ObservabilityOptions): DynamicModule {
    return {
      module: ObservabilityModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      providers: [
        { provide: LOGGER, useValue: options.logger },
        {
          provide: METRICS,
          useFactory: () => {
            const register = new Registry();
            collectDefaultMetrics({ register });
            return register;
          },
        },
        { provide: READINESS_CHECKS, inject: options.checks.inject, useFactory: options.checks.useFactory },
        {
          provide: OpsServer,
          inject: [READINESS_CHECKS, HealthCheckService, HealthIndicatorService, METRICS],
          useFactory: (
            checks: ReadinessCheck[],
            health: HealthCheckService,
            indicators: HealthIndicatorService,
            metrics: Registry,
          ) => {
            const { host, opsPort: port, metricPrefix } = options;
            return new OpsServer({ host, port, metricPrefix }, checks, health, indicators, metrics);
          },
        },
      ],
      exports: [LOGGER, METRICS],
    };
  }
}
