import { type EventMetadata, type Outcome } from '@gatehouse/contracts';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram, type Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600, 3_600];

/** Metrics about applying events. */
@Injectable()
export class EventMetrics {
  private readonly events: Counter<'type' | 'decision'>;
  private readonly undecodable: Counter;
  private readonly batch: Histogram;
  private readonly applying: Histogram;
  private readonly sinceReceived: Histogram;

  constructor(@Inject(METRICS) metrics: Registry) {
    const registers = [metrics];
    this.events = new Counter({
      name: 'gatehouse_user_sync_events_total',
      help: 'Events by type and decision; `repeated` and `failed` count as decisions',
      labelNames: ['type', 'decision'],
      registers,
    });
    this.undecodable = new Counter({
      name: 'gatehouse_user_sync_undecodable_messages_total',
      help: 'Messages whose headers do not identify an event',
      registers,
    });
    this.batch = new Histogram({
      name: 'gatehouse_user_sync_batch_events',
      help: 'Events per batch',
      buckets: [1, 2, 5, 10, 25, 50, 100],
      registers,
    });
    this.applying = new Histogram({
      name: 'gatehouse_user_sync_apply_seconds',
      help: 'Time to apply a batch, without reporting outcomes',
      buckets: SECONDS,
      registers,
    });
    this.sinceReceived = new Histogram({
      name: 'gatehouse_user_sync_received_to_applied_seconds',
      help: 'Time from the receipt of a webhook to the commit in user-sync',
      buckets: SECONDS,
      registers,
    });
  }

  dropped(): void {
    this.undecodable.inc();
  }

  async timed<Result>(events: number, apply: () => Promise<Result>): Promise<Result> {
    this.batch.observe(events);
    const end = this.applying.startTimer();
    try {
      return await apply();
    } finally {
      end();
    }
  }

  settled({ eventType, receivedAt }: EventMetadata, outcome: Outcome, repeated: boolean): void {
    const decision = repeated ? 'repeated' : outcome.status === 'failed' ? 'failed' : outcome.decision;
    // The type of an ignored event can be any text. It is counted as `other`, so that the number of label values is
    // bounded.
    this.events.inc({ type: outcome.status === 'ignored' ? 'other' : eventType, decision });
    if (!repeated && outcome.status === 'success') {
      this.sinceReceived.observe(Math.max(0, outcome.at - receivedAt) / 1_000);
    }
  }
}
