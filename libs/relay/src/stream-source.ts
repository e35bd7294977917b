import { type StreamContract } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';

/** What the stream should hold about one row. */
export interface StreamRow {
  /** The rest of the subject after the prefix of the stream, and the key of the row in the outbox. */
  readonly key: string;
  /** Raised by every change of the row, in its transaction. */
  readonly version: number;
  /** Whether the message is a deletion. Before it is published, the current message is overwritten on the disk. */
  readonly deleted: boolean;
  /** The message, without `version`, `epoch`, `changed` and `at`. */
  readonly message: Readonly<Record<string, unknown>>;
}

/** One page of all rows. `next`: the place at which the next page begins; absent on the last page. */
export interface StreamPage {
  readonly rows: readonly StreamRow[];
  readonly next?: string;
}

/** The rows of a database that a stream shows. Reads see every committed change. */
export interface StreamSource {
  readonly stream: StreamContract;
  /** Beginning of every subject of the stream, such as `users.changed`. */
  readonly subjectPrefix: string;
  /** Tables with the columns of `stream_outbox`, which have no key in common. Default: `stream_outbox` alone. */
  readonly outboxes?: readonly string[];
  /** Current rows with these keys; leaves out keys without a row. */
  load(manager: EntityManager, keys: readonly string[]): Promise<readonly StreamRow[]>;
  /** The deletion of a row that no longer exists. */
  removed(key: string, version: number): StreamRow;
  /**
   * One page of all rows, and of the deletions that are remembered, in an order that stays. Rows that are inserted
   * meanwhile may be missing: the outbox has them.
   * @param from `next` of the page before; undefined for the first page
   */
  page(manager: EntityManager, from: string | undefined, limit: number): Promise<StreamPage>;
}

/** Settings of a relay; times in milliseconds. */
export interface RelayOptions {
  /** How often the outbox is read without a wake-up, for changes by other processes. */
  readonly pollMs: number;
  /** How often the stream is compared with what the database recorded about it. */
  readonly inspectMs: number;
  /** Time between two refills; up to a tenth longer, so that streams do not refill together. 0: never. */
  readonly refillMs: number;
  /** Time after which another process continues an epoch whose writer has died. */
  readonly leaseMs: number;
  /** Beginning of the names of its metrics, such as `gatehouse_user_sync`. */
  readonly metricPrefix: string;
}
