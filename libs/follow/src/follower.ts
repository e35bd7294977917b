import { setTimeout as pause } from 'node:timers/promises';
import { currentConnection } from './current-connection';
import { DeliveryQueue } from './delivery-queue';
import { ConnectionClosedError, FollowStoppedError, StreamOutdatedError, UnreadableMessageError } from './errors';
import { Feed, type FeedMessage } from './feed';
import { type Counts, type FollowOptions, type Following, type Lag } from './following';
import { type Delivery, Intake } from './intake';
import { isRegressed } from './is-regressed';
import { readUnread } from './read-unread';
import { type RowHandlers, handle } from './row-handlers';
import { type FollowedStream, MARKER_KEY, readMessage } from './stream-message';
import { type StoredMessage, StreamReader, type StreamState } from './stream-reader';
import { sweepUnseen } from './sweep-unseen';
import { Unread } from './unread';
import { Wake } from './wake';

const DEFAULTS = { concurrency: 8, buffer: 1_000, apiPrefix: '$JS.streams.API' };
/** Interval at which the follower compares itself with the stream. A lost message at the end of the feed waits so long. */
const CHECK_MS = 2_000;
/** Pause after a failed check. */
const FAILURE_PAUSE_MS = 500;
/** Without a successful check for this time, the follower counts as behind. */
const UNCHECKED_MS = 3 * CHECK_MS;

/**
 * Follows one stream: receives the feed, reads from the stream what the feed did not bring, and delivers each row that
 * is news. One loop does all reading; it runs every two seconds, and at once when the feed shows a gap.
 */
export class Follower<Body> implements Following {
  readonly ready: Promise<void>;
  private readonly settleReady: { resolve: () => void; reject: (error: Error) => void };
  private readonly stopping = new AbortController();
  private readonly wake = new Wake();
  private readonly queue: DeliveryQueue<Delivery<Body>>;
  private readonly intake: Intake<Body>;
  private readonly feed: Feed;
  private readonly reader: StreamReader;
  private readonly onError: (error: Error) => void;
  private unread: Unread | undefined;
  private created = '';
  /** The newest sequence of the feed. */
  private newest = 0;
  /** Whether the sequences of the feed went back: the stream lost its end. */
  private wentBack = false;
  /** State at the last sweep that left rows of an earlier epoch in place. */
  private swept = '';
  private isReady = false;
  private reported: string | undefined;
  private checkedAt = performance.now();
  private hasChecked = false;
  private readonly tally = { received: 0, read: 0, snapshots: 0, resets: 0 };

  constructor(
    private readonly stream: FollowedStream<Body>,
    handlers: RowHandlers<Body>,
    private readonly options: FollowOptions,
  ) {
    const { concurrency, buffer, apiPrefix } = { ...DEFAULTS, ...definedOf(options) };
    this.onError = options.onError ?? ((error) => process.emitWarning(error));
    this.queue = new DeliveryQueue({
      deliver: (key, delivery) => handle(handlers, key, delivery),
      onFailure: (error) => this.onError(error),
      concurrency,
      capacity: Math.max(buffer, 1),
    });
    this.intake = new Intake(this.queue, options.known === undefined);
    this.reader = new StreamReader(() => currentConnection(this.options.nats), stream.name, apiPrefix);
    this.feed = new Feed(stream.feed, {
      onMessage: (message) => this.receive(message),
      onReconnect: () => this.wake.now(),
      onError: (error) => this.report(error),
    });
    const { promise, ...settle } = withResolvers();
    // A caller who does not await `ready` must not get an unhandled rejection.
    promise.catch(() => undefined);
    this.ready = promise;
    this.settleReady = settle;
    const { signal } = options;
    if (signal?.aborted === true) void this.stop();
    else signal?.addEventListener('abort', () => void this.stop(), { once: true, signal: this.stopping.signal });
    void this.run();
  }

  lag(): Lag {
    const { queue, unread, feed } = this;
    const now = performance.now();
    const isChecked = this.hasChecked && now - this.checkedAt < UNCHECKED_MS;
    const behind = [queue.since, unread?.since, feed.lostAt, isChecked ? undefined : this.checkedAt];
    const since = Math.min(...behind.filter((time) => time !== undefined));
    return { changes: queue.size + (unread?.count ?? 0), ms: Math.max(0, Math.round(now - since)) };
  }

  counts(): Counts {
    const { delivered, failed } = this.queue;
    return { rows: this.intake.known.size, delivered, failed, ...this.tally };
  }

  async stop(): Promise<void> {
    this.end(new FollowStoppedError());
    await this.queue.stop();
  }

  private end(reason: Error): void {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.feed.detach();
    this.wake.now();
    this.settleReady.reject(reason);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.check();
        await this.wake.wait(CHECK_MS);
      } catch (error) {
        if (signal.aborted) return;
        this.report(error instanceof Error ? error : new Error(String(error)));
        if (error instanceof ConnectionClosedError) return this.end(error);
        const ms = error instanceof StreamOutdatedError ? CHECK_MS : FAILURE_PAUSE_MS;
        await pause(ms, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async check(): Promise<void> {
    this.feed.attach(currentConnection(this.options.nats));
    const before = this.unread?.head ?? 0;
    const state = await this.reader.info();
    if (this.stopping.signal.aborted) return;
    // stream-keeper creates a missing stream, and the publisher fills it.
    if (state === undefined) return;
    if (this.unread === undefined) {
      if (!(await this.begin(state))) return;
    } else if (state.created !== this.created || state.lastSequence < before || this.wentBack) {
      this.readAll(state);
    } else this.unread.extendTo(state.lastSequence);
    if (this.intake.isOutdated) await this.beginGeneration(state);
    await this.catchUp(state);
  }

  /** Reads what the stream holds of the callers' rows. @returns false if the stream has no marker yet, or an old one */
  private async begin(state: StreamState): Promise<boolean> {
    // nats-server before 2.9.15 crashes when it is asked for a message of a stream that it is creating.
    const marker = state.lastSequence === 0 ? undefined : await this.marker();
    if (marker === undefined) return false;
    const generation = await this.intake.begin(marker, (await this.options.known?.()) ?? []);
    if (generation === 'later') throw new StreamOutdatedError(this.stream.name);
    if (generation === 'earlier') await this.options.onReset?.({ generation: marker.generation });
    this.readAll(state);
    return true;
  }

  private readAll({ created, lastSequence }: StreamState): void {
    // The feed may have brought newer messages, which are not tracked.
    const head = this.unread === undefined ? Math.max(lastSequence, this.newest) : lastSequence;
    this.unread = new Unread(head);
    this.created = created;
    this.newest = 0;
    this.wentBack = false;
    this.tally.snapshots += 1;
  }

  private async beginGeneration(state: StreamState): Promise<void> {
    const { marker } = this.intake;
    if (marker === undefined) return;
    await this.options.onReset?.({ generation: marker.generation });
    this.intake.beginGeneration(marker.generation);
    this.tally.resets += 1;
    this.readAll(state);
  }

  private async catchUp(state: StreamState): Promise<void> {
    const { unread, intake } = this;
    if (unread === undefined) return;
    await readUnread({
      unread,
      next: (sequence) => this.reader.next(sequence, this.stream.subjects),
      take: (message) => this.takeStored(message),
      signal: this.stopping.signal,
    });
    if (intake.isOutdated) return this.wake.now();
    if (this.stopping.signal.aborted || !unread.isEmpty) return;
    this.checkedAt = performance.now();
    this.hasChecked = true;
    if (intake.isComplete) await this.settle(state);
    this.reported = undefined;
  }

  /** Removes the rows that the complete epoch does not have, and reports that the follower is ready. */
  private async settle(state: StreamState): Promise<void> {
    const { intake } = this;
    const { marker, generation } = intake;
    if (intake.known.unseenCount === 0 && this.isReady) return;
    if (await isRegressed(intake, this.stream, this.reader)) throw new StreamOutdatedError(this.stream.name);
    // Rows of an earlier epoch may leave the stream after the marker, when its first sequence changes.
    const sweep = `${marker?.epoch} ${state.firstSequence}`;
    if (intake.known.unseenCount > 0 && this.swept !== sweep) {
      const settled = await sweepUnseen({
        intake,
        last: (key) => this.reader.last(this.stream.prefix + key),
        take: (message) => this.takeStored(message),
        isUnchanged: async () => {
          const [now, current] = [await this.reader.info(), await this.marker()];
          return now?.created === this.created && current?.epoch === marker?.epoch && current?.isComplete === true;
        },
        queue: this.queue,
        signal: this.stopping.signal,
      });
      // The next check repeats it.
      if (!settled) return;
      this.swept = sweep;
    }
    if (!this.isReady) void this.queue.settled().then(() => this.becomeReady(generation));
  }

  /** Everything of a complete epoch was delivered, unless a new generation began meanwhile. */
  private becomeReady(generation: number): void {
    if (this.intake.generation !== generation) return;
    this.isReady = true;
    this.settleReady.resolve();
  }

  private async marker() {
    const stored = await this.reader.last(this.stream.prefix + MARKER_KEY);
    const marker = stored && readMessage(this.stream, MARKER_KEY, stored.data);
    return marker?.type === 'marker' ? marker : undefined;
  }

  private receive(message: FeedMessage): void {
    this.tally.received += 1;
    const { sequence } = message;
    if (sequence <= this.newest) this.wentBack = true;
    else this.newest = sequence;
    const { unread } = this;
    if (unread === undefined) return;
    const isNext = sequence === unread.head + 1;
    const parsed = this.parse(message);
    const isTaken = parsed === undefined || this.intake.take(...parsed);
    unread.receive(sequence, isTaken);
    if (!isNext || !isTaken || message.subject === this.stream.prefix + MARKER_KEY) this.wake.now();
  }

  /** Takes a message that was read, as soon as there is room. */
  private async takeStored(message: StoredMessage): Promise<void> {
    this.tally.read += 1;
    const parsed = this.parse(message);
    if (parsed === undefined) return;
    while (!this.intake.take(...parsed) && !this.stopping.signal.aborted) await this.queue.room();
    this.queue.passRoom();
  }

  /** Key and content of a message; undefined, after a report, if it is none of Gatehouse. */
  private parse({ subject, sequence, data }: FeedMessage | StoredMessage) {
    const { prefix } = this.stream;
    const key = subject.slice(prefix.length);
    const message = subject.startsWith(prefix) ? readMessage(this.stream, key, data) : undefined;
    if (message === undefined) this.onError(new UnreadableMessageError(subject, sequence));
    return message && ([key, message] as const);
  }

  private report(error: Error): void {
    if (this.reported === error.message) return;
    this.reported = error.message;
    this.onError(error);
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let settle = { resolve: (): void => undefined, reject: (_error: Error): void => undefined };
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

/** The options that are set: an option that is undefined must not replace a default. */
function definedOf(options: FollowOptions): Partial<typeof DEFAULTS> {
  const { concurrency, buffer, apiPrefix } = options;
  return {
    ...(concurrency !== undefined && { concurrency }),
    ...(buffer !== undefined && { buffer }),
    ...(apiPrefix !== undefined && { apiPrefix }),
  };
}
