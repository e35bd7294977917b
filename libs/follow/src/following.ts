import { type NatsConnection } from '@nats-io/nats-core';

/** What a follower tells about a row beside its content. */
export interface Change {
  /** Version of the row; +1 at each change. Versions may be skipped: a follower sees the newest state. */
  readonly version: number;
  /**
   * 0 until Gatehouse's database is restored from a backup, then the time of the last restore in milliseconds since
   * 1970. Versions of one row are compared by generation first: only a restore makes versions lower.
   */
  readonly generation: number;
  /** The fields that differ from the last message. Informative: when versions were skipped, others may differ too. */
  readonly changed: readonly string[];
  /** Time of the message, ISO 8601. */
  readonly at: string;
}

/** Why a row is gone. */
export interface Removal {
  /**
   * `deleted`: Gatehouse deleted it. `absent`: you held it, and Gatehouse does not have it, for example after a restore.
   */
  readonly reason: 'deleted' | 'absent';
  /** Version of the deletion; undefined for `absent`. */
  readonly version: number | undefined;
  readonly generation: number;
}

/** Gatehouse's database was restored from a backup: versions may be lower than before, and each row comes again. */
export interface Reset {
  readonly generation: number;
}

/** A row that the caller stored. Numbers may be strings, as PostgreSQL's `bigint` is read. */
export interface KnownRow {
  /** The user id; of data, `<user id>.<kind>.<id>`. */
  readonly id: string;
  /** Without a version, the row is delivered again. */
  readonly version?: number | string | bigint | null;
  /** 0 by default. */
  readonly generation?: number | string | bigint | null;
}

/** Rows in any form that can be iterated. */
export type KnownRows = Iterable<KnownRow> | AsyncIterable<KnownRow>;

/** Options of each follower. */
export interface FollowOptions {
  /**
   * Connection to NATS, which the caller opens and closes: `maxReconnectAttempts: -1` makes it survive an outage. A
   * function returns the current connection, for callers that replace theirs.
   */
  readonly nats: NatsConnection | (() => NatsConnection);
  /**
   * The rows that the caller has stored. Only newer versions are then delivered, and `onRemoved` is called for each of
   * them that Gatehouse does not have. Without it, the follower delivers every row and every deletion that it finds.
   */
  readonly known?: () => KnownRows | Promise<KnownRows>;
  /** Called before everything is delivered again. */
  readonly onReset?: (reset: Reset) => unknown;
  /**
   * Called for each error. The follower continues after all of them but `ConnectionClosedError`. The same error of NATS
   * is reported once until a call succeeds. Default: `process.emitWarning`.
   */
  readonly onError?: (error: Error) => void;
  /** Stops the follower when it is aborted. */
  readonly signal?: AbortSignal;
  /** Maximum number of callbacks at the same time. They are of different rows. Default: 8. */
  readonly concurrency?: number;
  /** Maximum number of rows that wait for a callback. What does not fit is read again later. Default: 1000. */
  readonly buffer?: number;
  /** Prefix of JetStream's API in the NATS account of the caller. Default: `$JS.streams.API`. */
  readonly apiPrefix?: string;
}

/** How far a follower is behind. */
export interface Lag {
  /** Changes that were not delivered yet. An upper bound while the follower reads the stream. */
  readonly changes: number;
  /** Time since the follower was last up to date, in milliseconds; 0 while it is. */
  readonly ms: number;
}

/** What a follower has done since it started. */
export interface Counts {
  /** Rows of which the follower keeps the version, deleted ones included. */
  readonly rows: number;
  /** Callbacks that succeeded. */
  readonly delivered: number;
  /** Callbacks that failed and were tried again. */
  readonly failed: number;
  /** Messages that were received from the feed. */
  readonly received: number;
  /** Messages that were read from the stream: the first snapshot, and repairs. */
  readonly read: number;
  /** Complete reads from the start, at first and when the stream was lost. */
  readonly snapshots: number;
  /** Generations that began. */
  readonly resets: number;
}

/** A running follower. */
export interface Following {
  /**
   * Resolves when everything that the stream held at the start was delivered. While it does not resolve, `onError` says
   * why. @throws FollowStoppedError if the follower is stopped before
   */
  readonly ready: Promise<void>;
  /** How far the follower is behind now. */
  lag(): Lag;
  /** Counts for metrics. */
  counts(): Counts;
  /** Stops the follower. Resolves when no callback runs any more. The connection stays open. */
  stop(): Promise<void>;
}
