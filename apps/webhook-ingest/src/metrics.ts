import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the service counts; registered once per registry. */
export class IngestMetrics {
  readonly deliveries: Counter<'result'>;
  readonly refusals: Counter<'reason'>;
  readonly verified: Counter<'secret'>;
  readonly badTimestamps: Counter<'secret'>;
  readonly groupRows: Histogram;
  readonly publishes: Counter<'result'>;
  readonly publishSeconds: Histogram;
  readonly relayed: Counter<'why'>;
  readonly rebuilt: Counter<'why'>;
  readonly outcomes: Counter<'status' | 'effect'>;
  readonly movements: Counter<'result'>;
  readonly open: Gauge<'state'>;
  readonly oldestUnpublished: Gauge;
  readonly oldestUnapplied: Gauge;
  readonly silenceAlarm: Gauge;
  readonly bufferedBytes: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.deliveries = new Counter({
      name: 'gatehouse_ingest_deliveries_total',
      help: 'Deliveries by result: accepted, duplicate, redriven (of a dead event), ignored, refused, unavailable.',
      labelNames: ['result'],
      registers,
    });
    this.refusals = new Counter({
      name: 'gatehouse_ingest_refusals_total',
      help: 'Deliveries that were turned away before they were recorded, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.verified = new Counter({
      name: 'gatehouse_ingest_verified_total',
      help: 'Deliveries that verified, by the fingerprint of the signing secret.',
      labelNames: ['secret'],
      registers,
    });
    this.badTimestamps = new Counter({
      name: 'gatehouse_ingest_bad_timestamps_total',
      help: 'Deliveries with a good signature and a timestamp beyond tolerance: a wrong clock, or a replay.',
      labelNames: ['secret'],
      registers,
    });
    this.groupRows = new Histogram({
      name: 'gatehouse_ingest_group_rows',
      help: 'Deliveries that were recorded in one transaction.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    });
    this.publishes = new Counter({
      name: 'gatehouse_ingest_publishes_total',
      help: 'Publishes by result: stored, duplicate, failed, skipped.',
      labelNames: ['result'],
      registers,
    });
    this.publishSeconds = new Histogram({
      name: 'gatehouse_ingest_publish_seconds',
      help: 'Time from publishing an event to its acknowledgement by the stream.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.relayed = new Counter({
      name: 'gatehouse_ingest_relay_claims_total',
      help: 'Rows that the relay claimed: unpublished, or with a retry due.',
      labelNames: ['why'],
      registers,
    });
    this.rebuilt = new Counter({
      name: 'gatehouse_ingest_rebuilt_events_total',
      help: 'Events published again because the stream lost them: other_stream, beyond_stream, no_outcome.',
      labelNames: ['why'],
      registers,
    });
    this.outcomes = new Counter({
      name: 'gatehouse_ingest_outcomes_total',
      help: 'Outcomes by status and by their effect on the ledger: changed, unchanged, unknown (no such row).',
      labelNames: ['status', 'effect'],
      registers,
    });
    this.movements = new Counter({
      name: 'gatehouse_ingest_clerk_movements_total',
      help: 'Movements of Clerk that user-sync told, by result: noted, invalid (breaks its contract).',
      labelNames: ['result'],
      registers,
    });
    this.open = new Gauge({
      name: 'gatehouse_ingest_open_events',
      help: 'Events by what they wait for: pending, processing, retrying; dead: a person. The same on every replica.',
      labelNames: ['state'],
      registers,
    });
    this.oldestUnpublished = new Gauge({
      name: 'gatehouse_ingest_oldest_unpublished_seconds',
      help: 'Age of the oldest event that is not on the stream; 0 without any.',
      registers,
    });
    this.oldestUnapplied = new Gauge({
      name: 'gatehouse_ingest_oldest_unapplied_seconds',
      help: 'Age of the oldest event that is neither applied nor dead; 0 without any.',
      registers,
    });
    this.bufferedBytes = new Gauge({
      name: 'gatehouse_ingest_buffered_bytes',
      help: 'Bytes of bodies that are being received or recorded, bounded by MAX_BUFFERED_BYTES.',
      registers,
    });
    this.silenceAlarm = new Gauge({
      name: 'gatehouse_ingest_silence_alarm',
      help: '1 when no webhook comes although there should be some.',
      registers,
    });
  }
}
