import { type LedgerStats } from '@gatehouse/contracts';
import { Gauge, type Registry } from 'prom-client';
import { type OpenEvents } from '../show-stats/open-events';

/** Gauges of the ledger. */
export class LedgerGauges {
  readonly silenceAlarm: Gauge;
  private readonly open: Gauge<'state'>;
  private readonly oldestUnpublished: Gauge;
  private readonly oldestUnapplied: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.open = new Gauge({
      name: 'gatehouse_ingest_open_events',
      help: 'Open events by state: pending, processing, retrying, dead (waits for a redrive). Equal on all replicas.',
      labelNames: ['state'],
      registers,
    });
    this.oldestUnpublished = new Gauge({
      name: 'gatehouse_ingest_oldest_unpublished_seconds',
      help: 'Age of the oldest event that is not on the stream; 0 if there is none.',
      registers,
    });
    this.oldestUnapplied = new Gauge({
      name: 'gatehouse_ingest_oldest_unapplied_seconds',
      help: 'Age of the oldest event that is neither applied nor dead; 0 if there is none.',
      registers,
    });
    this.silenceAlarm = new Gauge({
      name: 'gatehouse_ingest_silence_alarm',
      help: '1 while no webhooks arrive although some are expected.',
      registers,
    });
  }

  /** Sets the gauges of open events. */
  measured({ open, oldestUnpublished, oldestUnapplied }: OpenEvents): void {
    for (const [state, count] of Object.entries(open)) this.open.set({ state }, count);
    this.oldestUnpublished.set(secondsSince(oldestUnpublished));
    this.oldestUnapplied.set(secondsSince(oldestUnapplied));
  }
}

function secondsSince(event: LedgerStats['oldestUnpublished']): number {
  return event === null ? 0 : Math.max(0, Date.now() - Date.parse(event.at)) / 1_000;
}
