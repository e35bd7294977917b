import { type Live } from '@gatehouse/config';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type GatewayConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { type Policy } from '../policy/policy';
import { type UpstreamPools } from './upstream-pools';

/** Metrics of the upstreams. The policy bounds the label `upstream`. */
@Injectable()
export class UpstreamMetrics {
  /** Label `reason`: `busy`, `unreachable`, `failed`, `timeout`. */
  private readonly failures: Counter<'upstream' | 'reason'>;
  private readonly policy: Live<Policy>;

  constructor(
    @Inject(METRICS) private readonly registry: Registry,
    @Inject(CONFIG) { gate }: Pick<GatewayConfig, 'gate'>,
  ) {
    this.policy = gate.policy;
    this.failures = new Counter({
      name: 'gatehouse_gateway_upstream_failures_total',
      help: 'Requests to upstreams without a whole response, by reason',
      labelNames: ['upstream', 'reason'],
      registers: [registry],
    });
  }

  /** Shows the open requests of pools. */
  observe(pools: Pick<UpstreamPools, 'openOf'>): void {
    const { policy, registry } = this;
    new Gauge({
      name: 'gatehouse_gateway_upstream_open_requests',
      help: 'Open requests to the origin of an upstream',
      labelNames: ['upstream'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { name, url } of policy.current.upstreams) this.set({ upstream: name }, pools.openOf(url));
      },
    });
  }

  /** Counts a failure of an upstream. `code` is that of its problem; others are no failures of upstreams. */
  failed(upstream: string, code: string): void {
    if (code.startsWith('upstream_')) this.failures.inc({ upstream, reason: code.slice('upstream_'.length) });
  }

  /** Drops what was counted for upstreams that have left the policy. */
  async forgetOld(): Promise<void> {
    const { values } = await this.failures.get();
    const names = new Set(this.policy.current.upstreams.map(({ name }) => name));
    for (const { labels } of values) if (!names.has(String(labels.upstream))) this.failures.remove(labels);
  }
}
