import { setTimeout as pause } from 'node:timers/promises';
import { currentConnection } from './current-connection';
import { ConnectionClosedError, UnreadableMessageError } from './errors';
import { Feed, type FeedMessage } from './feed';
import { type TailBeginning, type TailOptions, type TailedChange, type Tailing } from './tailing';
import { type EpochMarker, type FollowedStream, MARKER_KEY, readMessage } from './stream-message';
import { type StoredMessage, StreamReader, type StreamState } from './stream-reader';
import { SilentFeed } from './silent-feed';
import { Wake } from './wake';

const DEFAULTS = { backlog: 5_000, apiPrefix: '$JS.streams.API' };
const CHECK_MS = 2_000;
const FAILURE_PAUSE_MS = 500;
/** Without a successful check for this time, the tail counts as behind. */
const UNCHECKED_MS = 3 * CHECK_MS;
/** Number of messages that are read at the same time. */
const READERS = 64;

/**
 * Follows the end of one stream, in the order of its sequences and in bounded memory: it keeps no rows and no versions.
 * What the feed did not bring is read from the stream. A gap that is larger than the backlog is not read: the tail then
 * begins again.
 */
export class Tail<Body> implements Tailing {
  private readonly stopping = new AbortController();
  private readonly wake = new Wake();
  private readonly feed: Feed;
  private readonly reader: StreamReader;
  private readonly silence = new SilentFeed();
  private readonly backlog: number;
  private readonly onError: (error: Error) => void;
  private marker: EpochMarker | undefined;
  private created = '';
  /** Every sequence up to this one was handled. */
  private position = 0;
  /** The highest sequence that is known to exist. */
  private head = 0;
  /** Whether the tail reads from the stream, so that messages of the feed are not handled. */
  private isReading = true;
  private hasBegun = false;
  private again: TailBeginning['reason'] | undefined;
  private newestOfFeed = 0;
  private behindSince: number | undefined = performance.now();
  private checkedAt = performance.now();
  private reported: string | undefined;

  constructor(
    private readonly stream: FollowedStream<Body>,
    private readonly options: TailOptions<Body>,
  ) {
    this.backlog = Math.max(options.backlog ?? DEFAULTS.backlog, READERS);
    this.onError = options.onError ?? ((error) => process.emitWarning(error));
    this.reader = new StreamReader(
      () => currentConnection(this.options.nats),
      stream.name,
      options.apiPrefix ?? DEFAULTS.apiPrefix,
    );
    this.feed = new Feed(stream.feed, {
      onMessage: (message) => this.receive(message),
      onReconnect: () => {
        this.silence.restart();
        this.wake.now();
      },
      onError: (error) => this.report(error),
    });
    void this.run();
  }

  get isCurrent(): boolean {
    return this.hasBegun && !this.isReading && this.again === undefined;
  }

  lagMs(): number {
    const now = performance.now();
    const isChecked = this.hasBegun && now - this.checkedAt < UNCHECKED_MS;
    const behind = [
      this.behindSince,
      this.feed.lostAt,
      this.silence.since(now),
      isChecked ? undefined : this.checkedAt,
    ].filter((time) => time !== undefined);
    return Math.max(0, Math.round(now - Math.min(now, ...behind)));
  }

  stop(): void {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.feed.detach();
    this.wake.now();
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
        if (error instanceof ConnectionClosedError) return this.stop();
        await pause(FAILURE_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async check(): Promise<void> {
    if (this.feed.attach(currentConnection(this.options.nats))) this.silence.restart();
    // The feed may bring newer messages while the state is on the way.
    const before = this.position;
    const state = await this.reader.info();
    // stream-keeper creates a missing stream, and the publisher fills it.
    if (state === undefined || this.stopping.signal.aborted) return;
    this.silence.check(state.lastSequence, performance.now());
    const reason = this.reasonToBegin(state, before);
    if (reason !== undefined && !(await this.begin(reason, state))) return;
    this.extendTo(state.lastSequence);
    await this.catchUp();
    if (this.again !== undefined || this.stopping.signal.aborted) return this.wake.now();
    this.reported = undefined;
    this.checkedAt = performance.now();
  }

  /** @param before position when the state was asked for */
  private reasonToBegin({ created, lastSequence }: StreamState, before: number): TailBeginning['reason'] | undefined {
    if (!this.hasBegun) return 'first';
    if (created !== this.created || lastSequence < before) return 'lost';
    if (Math.max(lastSequence, this.head) - this.position > this.backlog) return 'gap';
    return this.again;
  }

  /** @returns false if the stream has no marker yet */
  private async begin(reason: TailBeginning['reason'], state: StreamState): Promise<boolean> {
    // nats-server before 2.9.15 crashes when it is asked for a message of a stream that it is creating.
    if (state.lastSequence === 0) return false;
    const stored = await this.reader.last(this.stream.prefix + MARKER_KEY);
    const marker = stored && readMessage(this.stream, MARKER_KEY, stored.data);
    if (stored === undefined || marker?.type !== 'marker' || this.stopping.signal.aborted) return false;
    const { created, firstSequence, lastSequence } = state;
    this.isReading = true;
    this.again = undefined;
    this.newestOfFeed = 0;
    this.marker = marker;
    this.created = created;
    this.position = Math.max(firstSequence - 1, lastSequence - this.backlog, 0);
    this.head = lastSequence;
    this.hasBegun = true;
    // The marker may have replaced that of the beginning of its epoch, so what is before it may be of an earlier epoch.
    const from = Math.max(this.position, stored.sequence);
    this.options.onBegin({ reason, epoch: marker.epoch, from });
    return true;
  }

  private async catchUp(): Promise<void> {
    while (this.position < this.head && this.again === undefined && !this.stopping.signal.aborted) {
      this.isReading = true;
      const from = this.position + 1;
      const count = Math.min(READERS, this.head - this.position);
      const found = await Promise.all(Array.from({ length: count }, (_, index) => this.reader.at(from + index)));
      for (const message of found) if (message !== undefined && this.again === undefined) this.apply(message);
      this.position = from + count - 1;
    }
    if (this.again !== undefined || this.stopping.signal.aborted) return;
    this.behindSince = undefined;
    if (!this.isReading) return;
    this.isReading = false;
    this.options.onCurrent?.();
  }

  private receive(message: FeedMessage): void {
    const { sequence } = message;
    this.silence.heard(sequence);
    if (!this.hasBegun) return;
    if (sequence <= this.newestOfFeed) {
      this.again = 'lost';
      return this.wake.now();
    }
    this.newestOfFeed = sequence;
    // What was read before it arrived.
    if (sequence <= this.position) return;
    if (!this.isReading && sequence === this.position + 1 && this.again === undefined) {
      this.head = Math.max(this.head, sequence);
      this.position = sequence;
      this.apply(message);
      if (this.again !== undefined) this.wake.now();
      return;
    }
    this.extendTo(sequence);
    this.wake.now();
  }

  private extendTo(sequence: number): void {
    this.head = Math.max(this.head, sequence);
    if (this.position >= this.head) return;
    // Until the gap is read, messages of the feed are not handled.
    this.isReading = true;
    this.behindSince ??= performance.now();
  }

  private apply({ subject, sequence, data }: FeedMessage | StoredMessage): void {
    const { prefix } = this.stream;
    const key = subject.slice(prefix.length);
    const message = subject.startsWith(prefix) ? readMessage(this.stream, key, data) : undefined;
    if (message === undefined) return this.onError(new UnreadableMessageError(subject, sequence));
    const known = this.marker;
    if (message.type === 'marker') {
      if (message.generation > (known?.generation ?? 0)) this.again = 'restored';
      else if (message.epoch > (known?.epoch ?? 0)) {
        this.marker = message;
        this.options.onEpoch({ epoch: message.epoch, from: sequence });
      }
      return;
    }
    // From before the database was restored.
    if (message.epoch < (known?.generation ?? 0)) return;
    const { version, changed, at, body } = message;
    const change: TailedChange<Body> = { sequence, key, version, changed, at, body };
    this.options.onChange(change);
  }

  private report(error: Error): void {
    if (this.reported === error.message) return;
    this.reported = error.message;
    this.onError(error);
  }
}
