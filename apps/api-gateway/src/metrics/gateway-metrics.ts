import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the gateway counts. */
@Injectable()
export class GatewayMetrics {
  /** `auth` is how the caller proved who it is, `none` when it did not. */
  readonly requests: Counter<'method' | 'route' | 'status' | 'auth'>;
  readonly requestSeconds: Histogram<'route'>;
  /** `result` is `verified`, `cached`, or the code of the refusal. */
  readonly verifications: Counter<'result'>;
  readonly keyFetches: Counter<'result'>;
  readonly principalLookups: Counter<'result'>;
  readonly auditWaiting: Gauge;
  readonly auditLosses: Counter<'reason'>;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'gatehouse_gateway_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status', 'auth'],
      registers,
    });
    this.requestSeconds = new Histogram({
      name: 'gatehouse_gateway_request_seconds',
      help: 'Time until a request was answered',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.verifications = new Counter({
      name: 'gatehouse_gateway_verifications_total',
      help: 'Credentials looked at',
      labelNames: ['result'],
      registers,
    });
    this.keyFetches = new Counter({
      name: 'gatehouse_gateway_key_fetches_total',
      help: 'Times that the key set of Clerk was fetched',
      labelNames: ['result'],
      registers,
    });
    this.principalLookups = new Counter({
      name: 'gatehouse_gateway_principal_lookups_total',
      help: 'Principals needed: cached, joined to a running question, or asked of user-sync',
      labelNames: ['result'],
      registers,
    });
    this.auditWaiting = new Gauge({
      name: 'gatehouse_gateway_audit_entries_waiting',
      help: 'Entries of the audit log that user-sync has not taken yet',
      registers,
    });
    this.auditLosses = new Counter({
      name: 'gatehouse_gateway_audit_entries_lost_total',
      help: 'Entries of the audit log that were lost; the log has them',
      labelNames: ['reason'],
      registers,
    });
  }
}
