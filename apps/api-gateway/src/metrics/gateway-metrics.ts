import { type AuthMethod } from '@gatehouse/contracts';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A request that has ended, with labels of few values. */
interface EndedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** Method of the accepted credential; undefined without one. */
  readonly auth: AuthMethod | undefined;
}

/** Metrics of the gateway. */
@Injectable()
export class GatewayMetrics {
  /** Label `result`: `verified`, `cached`, or the code of the refusal. */
  readonly verifications: Counter<'result'>;
  readonly keyFetches: Counter<'result'>;
  readonly principalLookups: Counter<'result'>;
  readonly auditWaiting: Gauge;
  readonly auditLosses: Counter<'reason'>;
  /** Label `auth`: method of the credential, or `none`. */
  private readonly requests: Counter<'method' | 'route' | 'status' | 'auth'>;
  private readonly requestSeconds: Histogram<'route'>;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'gatehouse_gateway_requests_total',
      help: 'HTTP requests completed',
      labelNames: ['method', 'route', 'status', 'auth'],
      registers,
    });
    this.requestSeconds = new Histogram({
      name: 'gatehouse_gateway_request_seconds',
      help: 'Duration of requests in seconds',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.verifications = new Counter({
      name: 'gatehouse_gateway_verifications_total',
      help: 'Credentials verified, found in the cache, or rejected, by result',
      labelNames: ['result'],
      registers,
    });
    this.keyFetches = new Counter({
      name: 'gatehouse_gateway_key_fetches_total',
      help: "Fetches of Clerk's key set, by result",
      labelNames: ['result'],
      registers,
    });
    for (const result of ['fetched', 'failed']) this.keyFetches.inc({ result }, 0);
    this.principalLookups = new Counter({
      name: 'gatehouse_gateway_principal_lookups_total',
      help: 'Lookups of principals: cached, joined to a running request, or sent to user-sync',
      labelNames: ['result'],
      registers,
    });
    this.auditWaiting = new Gauge({
      name: 'gatehouse_gateway_audit_entries_waiting',
      help: 'Audit entries that wait for user-sync',
      registers,
    });
    this.auditLosses = new Counter({
      name: 'gatehouse_gateway_audit_entries_lost_total',
      help: 'Audit entries that were lost, by reason; each is in the service log',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of ['full', 'refused', 'expired', 'ended']) this.auditLosses.inc({ reason }, 0);
  }

  /** Drops what was counted for routes that are gone. */
  async forgetRoutes(isGone: (route: string) => boolean): Promise<void> {
    const { values } = await this.requests.get();
    for (const { labels } of values) {
      const route = String(labels.route);
      if (!isGone(route)) continue;
      this.requests.remove(labels);
      this.requestSeconds.remove({ route });
    }
  }

  /** Counts a request and measures its duration, in milliseconds. */
  requestEnded({ method, route, status, auth }: EndedRequest, durationMs: number): void {
    this.requests.inc({ method, route, status, auth: auth ?? 'none' });
    this.requestSeconds.observe({ route }, durationMs / 1_000);
  }
}
