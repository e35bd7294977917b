import { dropReasons } from '@gatehouse/http-edge';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';

const deliveryResults = ['accepted', 'duplicate', 'redriven', 'ignored', 'refused', 'unavailable'];

/** Counters of received deliveries and their connections. */
@Injectable()
export class DeliveryMetrics {
  readonly deliveries: Counter<'result'>;
  readonly refusals: Counter<'reason'>;
  readonly verified: Counter<'secret'>;
  readonly badTimestamps: Counter<'secret'>;
  readonly droppedConnections: Counter<'reason'>;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.deliveries = new Counter({
      name: 'gatehouse_ingest_deliveries_total',
      help: 'Deliveries by result: accepted, duplicate, redriven (of a dead event), ignored, refused, unavailable.',
      labelNames: ['result'],
      registers,
    });
    for (const result of deliveryResults) this.deliveries.inc({ result }, 0);
    this.refusals = new Counter({
      name: 'gatehouse_ingest_refusals_total',
      help: 'Deliveries that were rejected before they were recorded, by reason.',
      labelNames: ['reason'],
      registers,
    });
    // The alert on a wrong signing secret sees the first rise only if the time series existed before.
    this.refusals.inc({ reason: 'signature_mismatch' }, 0);
    this.verified = new Counter({
      name: 'gatehouse_ingest_verified_total',
      help: 'Deliveries with a valid signature and timestamp, by fingerprint of the signing secret.',
      labelNames: ['secret'],
      registers,
    });
    this.badTimestamps = new Counter({
      name: 'gatehouse_ingest_bad_timestamps_total',
      help: 'Deliveries with a valid signature and a timestamp outside the tolerance: a wrong clock or a replay.',
      labelNames: ['secret'],
      registers,
    });
    this.droppedConnections = new Counter({
      name: 'gatehouse_ingest_dropped_connections_total',
      help: 'New connections that were closed at once, by reason.',
      labelNames: ['reason'],
      registers,
    });
    // A rate shows the first rise only if the time series existed before.
    for (const reason of dropReasons) this.droppedConnections.inc({ reason }, 0);
  }
}
