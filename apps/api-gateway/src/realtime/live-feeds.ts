import { type Tailing, tailData, tailUsers } from '@gatehouse/follow';
import { NatsClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../config';
import { CONFIG, STEADY_CLOCK } from '../tokens';
import { type MonotonicClock } from '../trust/steady-clock';
import { EventRing, type RingEntry } from './event-ring';
import { type LiveEvent, dataEvent, profileEvent } from './live-event';
import { type Source, sources } from './stream-position';

const MAX_ENTRIES = 50_000;

/** Why everything must be fetched again: the stream was lost, too much was missed, or a database was restored. */
export type RestartReason = 'lost' | 'gap' | 'restored';

/** What the feeds tell. */
export interface FeedListener {
  onEvent(entry: RingEntry): void;
  /** An event leaves the ring. */
  onEvict(entry: RingEntry): void;
  /** What was told before does not lead to the present state. */
  onRestart(reason: RestartReason): void;
}

/**
 * The changes of users and of what they own, from both streams, and the ring with those of the last minutes. Neither
 * authentication nor readiness of the gateway depends on it.
 */
@Injectable()
export class LiveFeeds implements OnApplicationBootstrap, OnModuleDestroy {
  readonly ring: EventRing;
  private readonly ready: Record<Source, boolean> = { users: false, data: false };
  private readonly restarts: Partial<Record<Source, RestartReason>> = {};
  private tails: Partial<Record<Source, Tailing>> = {};
  private listener: FeedListener | undefined;

  constructor(
    private readonly nats: NatsClient,
    @Inject(CONFIG) { realtime }: Pick<GatewayConfig, 'realtime'>,
    @Inject(STEADY_CLOCK) now: MonotonicClock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    const limits = { bytes: realtime.bufferBytes, entries: MAX_ENTRIES, ageMs: realtime.bufferMs };
    this.ring = new EventRing(limits, now, (entry) => this.listener?.onEvict(entry));
  }

  /** Whether the ring is filled, so that streams can be opened. */
  get isReady(): boolean {
    return sources.every((source) => this.ready[source]);
  }

  /** How far a stream is behind; milliseconds. */
  lagMs(source: Source): number {
    return this.tails[source]?.lagMs() ?? 0;
  }

  listen(listener: FeedListener): void {
    this.listener = listener;
  }

  onApplicationBootstrap(): void {
    this.tails = {
      users: tailUsers({
        ...this.optionsOf('users'),
        onChange: (change) => this.take('users', change.sequence, profileEvent(change)),
      }),
      data: tailData({
        ...this.optionsOf('data'),
        onChange: (change) => this.take('data', change.sequence, dataEvent(change)),
      }),
    };
  }

  onModuleDestroy(): void {
    for (const tail of Object.values(this.tails)) tail.stop();
  }

  private optionsOf(source: Source): Omit<Parameters<typeof tailUsers>[0], 'onChange'> {
    const { ring, ready, restarts, log } = this;
    return {
      nats: () => this.nats.get(),
      onBegin: ({ reason, epoch, from }) => {
        ready[source] = false;
        ring.begin(source, { epoch, sequence: from });
        if (reason === 'first') return;
        restarts[source] = reason;
        log.warn({ source, reason }, 'live updates begin anew; clients fetch everything again');
      },
      onEpoch: ({ epoch, from }) => ring.beginEpoch(source, { epoch, sequence: from }),
      onCurrent: () => {
        ready[source] = true;
        const reason = restarts[source];
        delete restarts[source];
        if (reason !== undefined) this.listener?.onRestart(reason);
      },
      onError: (error) => log.warn({ err: error, source }, 'following changes failed; retrying'),
    };
  }

  private take(source: Source, sequence: number, event: LiveEvent | undefined): void {
    if (event === undefined) return this.ring.reach(source, sequence);
    this.listener?.onEvent(this.ring.add(source, sequence, event));
  }
}
