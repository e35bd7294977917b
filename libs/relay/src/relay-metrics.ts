import { Counter, Gauge, type Registry } from 'prom-client';
import { type EpochReason } from './epoch-record';

const reasons: readonly EpochReason[] = ['first', 'lost', 'went_back', 'foreign', 'restored_database', 'refill'];

/** Metrics of a relay. */
export class RelayMetrics {
  private readonly publishes: Counter<'result'>;
  private readonly epochs: Counter<'reason'>;
  private readonly waiting: Gauge;
  private readonly lag: Gauge;
  private readonly complete: Gauge;
  private readonly completedAt: Gauge;

  /** @param relayPrefix beginning of the names of the metrics, such as `gatehouse_user_sync` */
  constructor(registry: Registry, relayPrefix: string, refillMs: number) {
    const registers = [registry];
    this.publishes = new Counter({
      name: `${relayPrefix}_stream_publishes_total`,
      help: 'Rows that were relayed to the stream, by result',
      labelNames: ['result'],
      registers,
    });
    this.epochs = new Counter({
      name: `${relayPrefix}_stream_epochs_total`,
      help: 'Epochs of the stream that this replica began, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.waiting = new Gauge({
      name: `${relayPrefix}_stream_outbox_rows`,
      help: 'Rows that have changed and are not published yet',
      registers,
    });
    this.lag = new Gauge({
      name: `${relayPrefix}_stream_lag_seconds`,
      help: 'Age of the oldest change that is not published yet',
      registers,
    });
    this.complete = new Gauge({
      name: `${relayPrefix}_stream_complete`,
      help: '1 while the stream holds every row; 0 while it is missing, unreachable or rebuilt',
      registers,
    });
    this.completedAt = new Gauge({
      name: `${relayPrefix}_stream_last_refill_timestamp_seconds`,
      help: 'When the current epoch of the stream was complete; 0 while there is none',
      registers,
    });
    new Gauge({
      name: `${relayPrefix}_stream_refill_interval_seconds`,
      help: 'Configured time between two refills of the stream; 0: never',
      registers,
    }).set(refillMs / 1_000);
    for (const reason of reasons) this.epochs.inc({ reason }, 0);
    for (const result of ['published', 'superseded', 'failed'] as const) this.publishes.inc({ result }, 0);
  }

  published(result: 'published' | 'superseded' | 'failed'): void {
    this.publishes.inc({ result });
  }

  began(reason: EpochReason): void {
    this.epochs.inc({ reason });
  }

  measured({ rows, oldestSeconds }: { readonly rows: number; readonly oldestSeconds: number }): void {
    this.waiting.set(rows);
    this.lag.set(oldestSeconds);
  }

  /** Whether the stream holds every row, and since when: milliseconds ago. */
  standing(isComplete: boolean, ageMs: number | null): void {
    this.complete.set(isComplete ? 1 : 0);
    if (ageMs !== null) this.completedAt.set(Math.round((Date.now() - ageMs) / 1_000));
  }
}
