import { LOGGER, METRICS, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type GatewayConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { type Policy } from './policy';
import { type PolicyFile } from './policy-file';

const EVERY_MS = 1_000;

/** Reads the policy file again every second. Logs and counts changes and rejected contents. */
@Injectable()
export class PolicyWatch extends PeriodicWorker {
  private readonly file: PolicyFile;
  private readonly reloads: Counter<'result'>;
  private readonly rejected: Gauge;
  private readonly routes: Gauge<'access'>;

  constructor(
    @Inject(CONFIG) { gate }: GatewayConfig,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(METRICS) metrics: Registry,
  ) {
    super({ everyMs: EVERY_MS });
    this.file = gate;
    const registers = [metrics];
    this.reloads = new Counter({
      name: 'gatehouse_gateway_gate_policy_reloads_total',
      help: 'New contents of the policy file, by result',
      labelNames: ['result'],
      registers,
    });
    this.rejected = new Gauge({
      name: 'gatehouse_gateway_gate_policy_rejected',
      help: '1 while the content of the policy file is rejected and the previous policy is in use, else 0',
      registers,
    });
    this.routes = new Gauge({
      name: 'gatehouse_gateway_gate_routes',
      help: 'Routes of the policy in use, by access',
      labelNames: ['access'],
      registers,
    });
    for (const result of ['changed', 'rejected']) this.reloads.inc({ result }, 0);
    this.countRoutes(gate.policy.current);
    gate.policy.onChange((policy) => this.countRoutes(policy));
  }

  protected async run(): Promise<void> {
    try {
      const report = await this.file.check();
      if (report === undefined) return;
      this.rejected.set(report.result === 'rejected' ? 1 : 0);
      if (report.result !== 'unchanged') this.reloads.inc({ result: report.result });
      switch (report.result) {
        case 'changed':
          this.log.info({ routes: this.file.policy.current.routes.length }, 'gate policy changed');
          break;
        case 'rejected':
          this.log.error(
            { problem: report.problem },
            'gate policy rejected: the previous policy stays in use until the file is valid',
          );
          break;
        case 'unchanged':
          this.log.info('policy file holds the policy in use again');
      }
    } catch (error) {
      this.log.error({ err: error }, 'reading the policy file failed');
    }
  }

  private countRoutes({ routes }: Policy): void {
    for (const access of ['public', 'user', 'admin'] as const) {
      this.routes.set({ access }, routes.filter((route) => route.access === access).length);
    }
  }
}
