import { dropReasons } from '@gatehouse/http-edge';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type EndedRequest, RequestSeries } from './request-series';
import { ResultCounts } from './result-counts';

/** Upper bounds of the buckets of durations; seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics of the gateway. */
@Injectable()
export class GatewayMetrics {
  /** Label `result`: `verified`, `cached`, or the code of the refusal. */
  readonly verifications = new ResultCounts();
  readonly keyFetches = new ResultCounts();
  readonly principalLookups = new ResultCounts();
  readonly auditWaiting: Gauge;
  readonly auditLosses: Counter<'reason'>;
  /** Label `port`: `public` or `forward_auth`. */
  readonly droppedConnections: Counter<'port' | 'reason'>;
  private readonly requests = new RequestSeries(BOUNDS);

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    const { requests, verifications, keyFetches, principalLookups } = this;
    new Counter({
      name: 'gatehouse_gateway_requests_total',
      help: 'HTTP requests completed',
      // `auth`: method of the credential, or `none`.
      labelNames: ['method', 'route', 'status', 'auth'],
      collect() {
        requests.writeTo(this);
      },
      registers,
    });
    const requestSeconds = new Histogram({
      name: 'gatehouse_gateway_request_seconds',
      help: 'Duration of requests in seconds',
      labelNames: ['route'],
      buckets: BOUNDS,
      registers,
    });
    requests.showIn(requestSeconds);
    new Counter({
      name: 'gatehouse_gateway_verifications_total',
      help: 'Credentials verified, found in the cache, or rejected, by result',
      labelNames: ['result'],
      collect() {
        verifications.writeTo(this);
      },
      registers,
    });
    new Counter({
      name: 'gatehouse_gateway_key_fetches_total',
      help: "Fetches of Clerk's key set, by result",
      labelNames: ['result'],
      collect() {
        keyFetches.writeTo(this);
      },
      registers,
    });
    for (const result of ['fetched', 'failed']) keyFetches.inc({ result }, 0);
    new Counter({
      name: 'gatehouse_gateway_principal_lookups_total',
      help: 'Lookups of principals: cached, joined to a running request, or sent to user-sync',
      labelNames: ['result'],
      collect() {
        principalLookups.writeTo(this);
      },
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
    this.droppedConnections = new Counter({
      name: 'gatehouse_gateway_dropped_connections_total',
      help: 'New connections that were closed at once, by port and reason',
      labelNames: ['port', 'reason'],
      registers,
    });
    // A rate shows the first rise only if the time series existed before.
    for (const port of ['public', 'forward_auth']) {
      for (const reason of dropReasons) this.droppedConnections.inc({ port, reason }, 0);
    }
  }

  /** Drops what was counted for routes that are gone. */
  forgetRoutes(isGone: (route: string) => boolean): void {
    this.requests.forget(isGone);
  }

  /** Counts a request and measures its duration, in milliseconds. */
  requestEnded(request: EndedRequest, durationMs: number): void {
    this.requests.add(request, durationMs / 1_000);
  }
}
