import { type Live } from '@gatehouse/config';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Policy } from '../policy/policy';
import { type UpstreamPools } from './upstream-pools';

/** Metrics of the upstreams. The policy bounds the label `upstream`. */
export class UpstreamMetrics {
  /** Label `reason`: `busy`, `unreachable`, `failed`, `timeout`. */
  private readonly failures: Counter<'upstream' | 'reason'>;

  constructor(registry: Registry, policy: Live<Policy>, pools: UpstreamPools) {
    const registers = [registry];
    this.failures = new Counter({
      name: 'gatehouse_gateway_upstream_failures_total',
      help: 'Requests to upstreams without a whole response, by reason',
      labelNames: ['upstream', 'reason'],
      registers,
    });
    new Gauge({
      name: 'gatehouse_gateway_upstream_open_requests',
      help: 'Open requests to the origin of an upstream',
      labelNames: ['upstream'],
      registers,
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
}
