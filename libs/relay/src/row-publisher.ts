import {
  type CompactedStream,
  PublishUnacknowledgedError,
  StaleSequenceError,
  StreamWentBackError,
} from '@gatehouse/messaging';
import { failpoint } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { type KnownMessage, KnownMessages } from './known-messages';
import { type StreamRow } from './stream-source';
import { supersedes } from './supersedes';

/** What is said about a row besides its state. */
export interface Occasion {
  readonly epoch: number;
  /** Public fields that changed since the row was last published; a hint. */
  readonly changed: readonly string[];
  /** When the row was read. */
  readonly at: Date;
  /** What to assume about a subject that this process does not know; by default, that it may have a message. */
  readonly unknown?: 'empty';
}

/**
 * What became of a row:
 * - `published`: the stream holds this version.
 * - `superseded`: it holds a newer one. `version` is the one that it holds.
 * - `outdated`: the message was removed meanwhile. The row must be read again before it is published.
 * - `too_large`: the stream does not take a message of this size. It keeps the version that it holds.
 */
export type Publishing =
  | { readonly kind: 'published' | 'superseded'; readonly version: number; readonly sequence: number }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'too_large' };

const MAX_ATTEMPTS = 10;
/** More than the headers of a message, which count towards its size. */
const HEADER_BYTES = 256;
/** Number of rows that are remembered so that each version is logged once. */
const MAX_LOGGED = 1_000;
const encoder = new TextEncoder();

/** Publishes rows so that the newest version of each wins, however many publishers there are. */
export class RowPublisher {
  private readonly known = new KnownMessages();
  /** Keys and versions of rows that were logged as too large. */
  private readonly tooLarge = new Set<string>();
  /** Messages up to this sequence are not remembered: a purge may have removed them. */
  private floor = 0;

  constructor(
    private readonly stream: CompactedStream,
    private readonly subjectPrefix: string,
    private readonly log: Logger,
  ) {}

  /** Forgets what the stream holds, because it was replaced or purged. Later messages are above `acknowledged`. */
  startOver(acknowledged: number): void {
    this.known.clear();
    this.floor = acknowledged;
    this.stream.expectAbove(acknowledged);
  }

  /** Takes a sequence for acknowledged, by any replica. Later messages are above it. */
  acknowledged(sequence: number): void {
    this.stream.acknowledged(sequence);
  }

  /**
   * Publishes a row, unless the stream holds a newer version. A lost acknowledgement is settled by reading the subject.
   * @throws StreamWentBackError, PublishRefusedError, PublishUnacknowledgedError, JetStreamUnavailableError,
   * NatsDisconnectedError
   */
  async publish(row: StreamRow, { epoch, changed, at, unknown }: Occasion): Promise<Publishing> {
    const { key, version, deleted, message } = row;
    const subject = `${this.subjectPrefix}.${key}`;
    const data = encoder.encode(
      JSON.stringify({ ...message, version, epoch, ...(deleted ? {} : { changed }), at: at.toISOString() }),
    );
    if (this.isTooLarge(row, data.length)) return { kind: 'too_large' };
    let last = this.known.get(key);
    if (last === undefined && unknown !== 'empty') last = await this.read(key);
    for (let attempt = 1; ; attempt += 1) {
      if (last !== undefined && !supersedes({ version, epoch }, last)) {
        const kind = last.version === version ? 'published' : 'superseded';
        return { kind, version: last.version, sequence: last.sequence };
      }
      if (deleted && last !== undefined && !last.deleted) {
        failpoint('before-stream-erase');
        await this.stream.erase(last.sequence);
        failpoint('after-stream-erase');
        this.known.forget(key);
        last = undefined;
      }
      try {
        const sequence = await this.stream.publish(subject, data, last?.sequence ?? 0);
        failpoint('after-stream-acknowledgement');
        this.remember(key, { version, epoch, sequence, deleted });
        return { kind: 'published', version, sequence };
      } catch (error) {
        this.known.forget(key);
        if (!isUnsettled(error) || attempt >= MAX_ATTEMPTS) throw error;
        const found = await this.read(key);
        // The message was erased or purged since this row was read, so the row may be outdated.
        if (found === undefined && last !== undefined && !deleted) return { kind: 'outdated' };
        if (found !== undefined && last !== undefined && found.sequence < last.sequence) {
          throw new StreamWentBackError(this.stream.contract.name);
        }
        last = found;
      }
    }
  }

  /** The last message of a subject, read from the stream. A message of an unknown format counts as version 0. */
  private async read(key: string): Promise<KnownMessage | undefined> {
    const last = await this.stream.last(`${this.subjectPrefix}.${key}`);
    if (last === undefined) {
      this.known.forget(key);
      return undefined;
    }
    const known = { sequence: last.sequence, ...positionOf(last.data) };
    this.remember(key, known);
    return known;
  }

  /** Whether the stream would reject the message, which no repetition changes. Logs each version of such a row once. */
  private isTooLarge({ key, version }: StreamRow, bytes: number): boolean {
    const { name, maxMessageBytes } = this.stream.contract;
    if (bytes + HEADER_BYTES <= maxMessageBytes) return false;
    const logged = `${key} ${version}`;
    if (!this.tooLarge.has(logged)) {
      if (this.tooLarge.size >= MAX_LOGGED) this.tooLarge.clear();
      this.tooLarge.add(logged);
      this.log.error(
        { key, version, bytes, maxMessageBytes, stream: name },
        'row is too large for the stream; skipped',
      );
    }
    return true;
  }

  private remember(key: string, message: KnownMessage): void {
    if (message.sequence > this.floor) this.known.set(key, message);
  }
}

/** Whether reading the subject tells what became of the publish. */
function isUnsettled(error: unknown): boolean {
  return error instanceof StaleSequenceError || error instanceof PublishUnacknowledgedError;
}

function positionOf(data: Uint8Array): Omit<KnownMessage, 'sequence'> {
  try {
    const { version, epoch, kind } = JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>;
    if (Number.isSafeInteger(version) && Number.isSafeInteger(epoch)) {
      return { version: version as number, epoch: epoch as number, deleted: kind === 'deleted' };
    }
  } catch {
    // Not JSON.
  }
  return { version: 0, epoch: 0, deleted: false };
}
