import { randomUUID } from 'node:crypto';
import { type Role } from '@gatehouse/contracts';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../../database/guard-database';
import { type OurValues } from '../../database/write-back.entity';
import {
  type CurrentCollision,
  type FoundForeign,
  currentCollisions,
  endTaken,
  recordCollisions,
} from '../metadata/record-collisions';
import { BETWEEN_WRITES } from './queue-write-backs';

/** A write-back that this process has leased, with the values to write. */
export interface LeasedWriteBack {
  readonly userId: string;
  readonly clerkUserId: string;
  readonly role: Role;
  readonly revision: number;
  readonly retryCount: number;
  /** Values at Clerk that are known to be ours. */
  readonly ours: OurValues;
  readonly collisions: readonly CurrentCollision[];
}

/** Clerk's metadata of one user, as known after a check or a write. */
interface KnownMetadata {
  readonly item: LeasedWriteBack;
  readonly ours: OurValues;
  /** Fingerprint of Clerk's values at our keys. */
  readonly seen: string;
  /** Ids of collisions whose value was overwritten. */
  readonly taken?: readonly string[];
}

/** Write-backs that no other process works on until the lease expires. */
export interface WriteBackLease {
  readonly id: string;
  readonly items: readonly LeasedWriteBack[];
}

/**
 * A failed attempt. `delayMs`: time until the retry, null when the write-back is dead. `counts`: whether the attempt
 * uses up a retry.
 */
interface FailedAttempt {
  readonly code: string;
  readonly message: string;
  readonly delayMs: number | null;
  readonly counts: boolean;
}

/*
 * States of a row, `write_backs.state`. The columns `claim` and `claimed_until` are the write-back lease; a row lock
 * ends with its statement or transaction.
 * - pending: due at `due_at`, or leased. A row without a lease, or with an expired one, can be leased.
 * - done: Clerk holds our values, or the user is deleted.
 * - dead: no retry is left. Only an admin, or a new change of the user, makes it pending again.
 *
 * COMPLETE and FAIL are the statements below by which a worker ends an attempt. `lease` and `release` are methods of
 * WriteBackQueue. Each change to be written raises the revision of the row. So COMPLETE and FAIL see whether the leased
 * revision is still current.
 *
 * Transitions:
 * - no row, pending, done, dead -> pending: `queueWriteBacks` and `queueChecks`. dead -> pending: an admin's retry.
 *   Each of these raises the revision.
 * - pending -> done: COMPLETE if the leased revision is current; `lease` for a deleted user.
 * - pending, dead -> done: `endWriteBacks`, for a deleted user.
 * - pending -> pending: COMPLETE or FAIL if the leased revision is no longer current; FAIL with a retry; `release`; an
 *   expired lease.
 * - pending -> dead: FAIL without a retry, if the leased revision is current.
 * - every state -> no row: `redactUsers`.
 * Every statement of a lease's holder names the lease, so it changes nothing once another process has leased the row.
 */

/** Leases due rows. Bulk rows, such as those of a reconcile run, come last: nobody waits for them. */
const LEASE = `
  WITH due AS (
    SELECT user_id FROM write_backs
     WHERE state = 'pending' AND due_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
     ORDER BY bulk, due_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE write_backs AS w SET claim = $1, claimed_until = now() + $3 * interval '1 millisecond'
    FROM due WHERE w.user_id = due.user_id
  RETURNING w.user_id, w.revision, w.retry_count, w.ours`;

/** Reads the values to write. Must run after LEASE, so that they are at least as new as the leased revision. */
const READ = `SELECT id, clerk_user_id, role FROM users
  WHERE id = ANY($1::uuid[]) AND clerk_user_id IS NOT NULL AND deleted_at IS NULL`;

/** Completes rows. A row that was changed since the lease stays pending. */
const COMPLETE = `
  UPDATE write_backs AS w
     SET state = CASE WHEN w.revision = done.revision THEN 'done' ELSE 'pending' END,
         written_at = now(), due_at = now() + ${BETWEEN_WRITES}, retry_count = 0, claim = NULL, claimed_until = NULL,
         error_code = NULL, error_message = NULL, ours = done.ours, seen = done.seen
    FROM jsonb_to_recordset($2) AS done (user_id uuid, revision bigint, ours jsonb, seen text)
   WHERE w.user_id = done.user_id AND w.claim = $1`;

/**
 * Records values before they are sent. If this process dies after sending them, they are then still known to be ours.
 */
const NOTE_SENT = `
  UPDATE write_backs AS w SET ours = sent.ours, seen = sent.seen
    FROM jsonb_to_recordset($2) AS sent (user_id uuid, ours jsonb, seen text)
   WHERE w.user_id = sent.user_id AND w.claim = $1`;

/** Locks the leased rows. The lease of a row that is not returned has expired: record and send nothing for it. */
const LOCK_LEASED = `
  SELECT user_id FROM write_backs WHERE claim = $1 AND user_id = ANY($2::uuid[]) ORDER BY user_id FOR UPDATE`;

const FAIL = `
  UPDATE write_backs
     SET state = CASE WHEN revision = $3 AND $4::float8 IS NULL THEN 'dead' ELSE 'pending' END,
         due_at = now() + CASE WHEN revision = $3 AND $4::float8 IS NOT NULL
                               THEN $4::float8 * interval '1 millisecond' ELSE ${BETWEEN_WRITES} END,
         retry_count = CASE WHEN revision = $3 THEN retry_count + $7::boolean::int ELSE 0 END,
         error_code = $5, error_message = $6, claim = NULL, claimed_until = NULL
   WHERE user_id = $2 AND claim = $1`;

/** Each subquery uses its own index. */
const MEASURE = `
  SELECT (SELECT count(*) FROM write_backs WHERE state = 'pending')::integer AS pending,
         (SELECT count(*) FROM write_backs WHERE state = 'dead')::integer AS dead,
         extract(epoch FROM now() - (SELECT min(owed_at) FROM write_backs WHERE state = 'pending'))::float8
           AS oldest_seconds`;

interface LeasedRow {
  user_id: string;
  revision: string;
  retry_count: number;
  ours: OurValues;
}

/** Result of checking Clerk's metadata of several users. */
interface CheckedMetadata {
  /** All checked users, with the foreign values at Clerk. */
  readonly found: readonly FoundForeign[];
  /** Users with nothing to write. */
  readonly settled: readonly KnownMetadata[];
  /** Users whose values are about to be sent to Clerk. */
  readonly sending: readonly KnownMetadata[];
}

async function completeWithin(manager: EntityManager, leaseId: string, done: readonly KnownMetadata[]): Promise<void> {
  if (done.length > 0) await manager.query(COMPLETE, [leaseId, JSON.stringify(done.map(toRow))]);
}

function toRow({ item, ours, seen }: KnownMetadata): Record<string, unknown> {
  return { user_id: item.userId, revision: item.revision, ours, seen };
}

/** The outbox of write-backs, one row per user. */
@Injectable()
export class WriteBackQueue {
  constructor(private readonly dataSource: DataSource) {}

  /** Leases at most `limit` due write-backs. Ends the write-backs among them whose user is deleted. */
  async lease(limit: number, leaseMs: number): Promise<WriteBackLease> {
    const id = randomUUID();
    const rows = await this.change<LeasedRow>(LEASE, [id, limit, leaseMs]);
    if (rows.length === 0) return { id, items: [] };
    const users = await guardDatabase(() =>
      this.dataSource.query<{ id: string; clerk_user_id: string; role: Role }[]>(READ, [
        rows.map(({ user_id }) => user_id),
      ]),
    );
    const byId = new Map(users.map((user) => [user.id, user]));
    const collisions = await guardDatabase(() => currentCollisions(this.dataSource.manager, [...byId.keys()]));
    const items = rows.flatMap(({ user_id: userId, revision, retry_count: retryCount, ours }): LeasedWriteBack[] => {
      const user = byId.get(userId);
      if (user === undefined) return [];
      const { clerk_user_id: clerkUserId, role } = user;
      const known = { ours, collisions: collisions.get(userId) ?? [] };
      return [{ userId, clerkUserId, role, revision: Number(revision), retryCount, ...known }];
    });
    const gone = rows.flatMap(({ user_id }) => (byId.has(user_id) ? [] : [user_id]));
    if (gone.length > 0) {
      await this.change(
        `UPDATE write_backs SET state = 'done', claim = NULL, claimed_until = NULL
          WHERE claim = $1 AND user_id = ANY($2::uuid[])`,
        [id, gone],
      );
    }
    return { id, items };
  }

  /**
   * Records the result of a check in one transaction: collisions, users with nothing to write, and values to send. Returns
   * the ids of the users whose lease is still valid. Send nothing for other users.
   */
  async recordCheck(leaseId: string, { found, settled, sending }: CheckedMetadata): Promise<ReadonlySet<string>> {
    const userIds = found.map(({ userId }) => userId);
    if (userIds.length === 0) return new Set();
    return this.transact(async (manager) => {
      const rows = await manager.query<{ user_id: string }[]>(LOCK_LEASED, [leaseId, userIds]);
      const held = new Set(rows.map(({ user_id }) => user_id));
      await recordCollisions(
        manager,
        found.filter(({ userId }) => held.has(userId)),
      );
      await completeWithin(manager, leaseId, settled);
      if (sending.length > 0) await manager.query(NOTE_SENT, [leaseId, JSON.stringify(sending.map(toRow))]);
      return held;
    });
  }

  /** Completes write-backs: Clerk holds the leased values. */
  async complete(leaseId: string, done: readonly KnownMetadata[]): Promise<void> {
    if (done.length === 0) return;
    await this.transact(async (manager) => {
      await completeWithin(manager, leaseId, done);
      await endTaken(
        manager,
        done.flatMap(({ taken }) => taken ?? []),
      );
    });
  }

  /** Records a failed attempt. */
  async fail(leaseId: string, item: LeasedWriteBack, { delayMs, counts, code, message }: FailedAttempt): Promise<void> {
    await this.change(FAIL, [leaseId, item.userId, item.revision, delayMs, code, message, counts]);
  }

  /** Releases the items of a lease that were not completed. */
  async release({ id, items }: WriteBackLease): Promise<void> {
    await this.change(
      'UPDATE write_backs SET claim = NULL, claimed_until = NULL WHERE claim = $1 AND user_id = ANY($2::uuid[])',
      [id, items.map(({ userId }) => userId)],
    );
  }

  /** Number of pending and dead write-backs, and the age of the oldest pending one in seconds. */
  async measure(): Promise<{ readonly pending: number; readonly dead: number; readonly oldestSeconds: number }> {
    const [row] = await guardDatabase(() =>
      this.dataSource.query<{ pending: number; dead: number; oldest_seconds: number | null }[]>(MEASURE),
    );
    return { pending: row?.pending ?? 0, dead: row?.dead ?? 0, oldestSeconds: Math.max(0, row?.oldest_seconds ?? 0) };
  }

  /** Number of collisions that no admin has decided about, by key. */
  async openCollisions(): Promise<ReadonlyMap<string, number>> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ key: string; open: number }[]>(
        `SELECT key, count(*)::integer AS open FROM metadata_collisions WHERE state = 'open' GROUP BY key`,
      ),
    );
    return new Map(rows.map(({ key, open }) => [key, open]));
  }

  private transact<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return guardDatabase(() => repeatOnConflict(() => this.dataSource.transaction(work)));
  }

  /** Runs a statement. Repeats it after a deadlock, which a batch that deletes users or another replica can cause. */
  private async change<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const run = () => this.dataSource.query<[Row[], number]>(statement, [...parameters]);
    const [rows] = await guardDatabase(() => repeatOnConflict(run));
    return rows;
  }
}
