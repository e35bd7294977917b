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

/** A write-back in hand: what Clerk is to hold of the user. */
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

/** What is known of Clerk's metadata after a check or a write. */
export interface KnownMetadata {
  readonly item: LeasedWriteBack;
  readonly ours: OurValues;
  /** Fingerprint of Clerk's values at our keys. */
  readonly seen: string;
  /** Ids of collisions whose value was overwritten. */
  readonly taken?: readonly string[];
}

/** Some write-backs that nobody else will touch while the lease holds. */
export interface WriteBackLease {
  readonly id: string;
  readonly items: readonly LeasedWriteBack[];
}

/** Why a try failed, and what follows; `delayMs` null: nothing, it is dead. `counts`: it used up one of the tries. */
export interface FailedTry {
  readonly code: string;
  readonly message: string;
  readonly delayMs: number | null;
  readonly counts: boolean;
}

/** What somebody waits for goes before the many of a walk over all users. No lock outlives the statement. */
const CLAIM = `
  WITH due AS (
    SELECT user_id FROM write_backs
     WHERE state = 'pending' AND due_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
     ORDER BY bulk, due_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE write_backs AS w SET claim = $1, claimed_until = now() + $3 * interval '1 millisecond'
    FROM due WHERE w.user_id = due.user_id
  RETURNING w.user_id, w.revision, w.retry_count, w.ours`;

/** Read after the claim, hence at least as new as the revision that was claimed. */
const READ = `SELECT id, clerk_user_id, role FROM users
  WHERE id = ANY($1::uuid[]) AND clerk_user_id IS NOT NULL AND deleted_at IS NULL`;

/** What was changed since the claim is owed again. */
const COMPLETE = `
  UPDATE write_backs AS w
     SET state = CASE WHEN w.revision = done.revision THEN 'done' ELSE 'pending' END,
         written_at = now(), due_at = now() + ${BETWEEN_WRITES}, retry_count = 0, claim = NULL, claimed_until = NULL,
         error_code = NULL, error_message = NULL, ours = done.ours, seen = done.seen
    FROM jsonb_to_recordset($2) AS done (user_id uuid, revision bigint, ours jsonb, seen text)
   WHERE w.user_id = done.user_id AND w.claim = $1`;

/** Values that are about to be sent: known to be ours from now on, whatever becomes of this process. */
const NOTE_SENT = `
  UPDATE write_backs AS w SET ours = sent.ours, seen = sent.seen
    FROM jsonb_to_recordset($2) AS sent (user_id uuid, ours jsonb, seen text)
   WHERE w.user_id = sent.user_id AND w.claim = $1`;

/** Only while the claim holds may anything be recorded or sent. */
const HOLD = `
  SELECT user_id FROM write_backs WHERE claim = $1 AND user_id = ANY($2::uuid[]) ORDER BY user_id FOR UPDATE`;

const FAIL = `
  UPDATE write_backs
     SET state = CASE WHEN revision = $3 AND $4::float8 IS NULL THEN 'dead' ELSE 'pending' END,
         due_at = now() + CASE WHEN revision = $3 AND $4::float8 IS NOT NULL
                               THEN $4::float8 * interval '1 millisecond' ELSE ${BETWEEN_WRITES} END,
         retry_count = CASE WHEN revision = $3 THEN retry_count + $7::boolean::int ELSE 0 END,
         error_code = $5, error_message = $6, claim = NULL, claimed_until = NULL
   WHERE user_id = $2 AND claim = $1`;

/** Each by an index of its own. */
const MEASURE = `
  SELECT (SELECT count(*) FROM write_backs WHERE state = 'pending')::integer AS owed,
         (SELECT count(*) FROM write_backs WHERE state = 'dead')::integer AS dead,
         extract(epoch FROM now() - (SELECT min(owed_at) FROM write_backs WHERE state = 'pending'))::float8
           AS oldest_seconds`;

interface ClaimedRow {
  user_id: string;
  revision: string;
  retry_count: number;
  ours: OurValues;
}

/** What a check of Clerk's metadata found for several users. */
export interface CheckedMetadata {
  /** Every user that was checked. */
  readonly found: readonly FoundForeign[];
  readonly settled: readonly KnownMetadata[];
  readonly sending: readonly KnownMetadata[];
}

async function completeWithin(manager: EntityManager, leaseId: string, done: readonly KnownMetadata[]): Promise<void> {
  if (done.length > 0) await manager.query(COMPLETE, [leaseId, JSON.stringify(done.map(toRow))]);
}

function toRow({ item, ours, seen }: KnownMetadata): Record<string, unknown> {
  return { user_id: item.userId, revision: item.revision, ours, seen };
}

/** The write-backs as the database holds them: whoever works on one claims it, for a time. */
@Injectable()
export class WriteBackQueue {
  constructor(private readonly dataSource: DataSource) {}

  /** Claims at most `limit` due write-backs; ends those of deleted users. */
  async claim(limit: number, leaseMs: number): Promise<WriteBackLease> {
    const id = randomUUID();
    const rows = await this.change<ClaimedRow>(CLAIM, [...[id, limit, leaseMs]]);
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
   * Records, in one transaction, what a check found: collisions, users with nothing to write (`settled`), and the values
   * that are about to be sent. Returns the ids of the users whose claim still holds; nothing may be sent for any other.
   */
  async recordCheck(leaseId: string, { found, settled, sending }: CheckedMetadata): Promise<ReadonlySet<string>> {
    const userIds = found.map(({ userId }) => userId);
    if (userIds.length === 0) return new Set();
    return this.transact(async (manager) => {
      const rows = await manager.query<{ user_id: string }[]>(HOLD, [leaseId, userIds]);
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

  /** Completes a write-back: Clerk holds what was claimed. */
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

  /** A try has failed. */
  async fail(leaseId: string, item: LeasedWriteBack, { delayMs, counts, code, message }: FailedTry): Promise<void> {
    await this.change(FAIL, [leaseId, item.userId, item.revision, delayMs, code, message, counts]);
  }

  /** Gives back what of a claim has not come to its end. */
  async release({ id, items }: WriteBackLease): Promise<void> {
    await this.change(
      'UPDATE write_backs SET claim = NULL, claimed_until = NULL WHERE claim = $1 AND user_id = ANY($2::uuid[])',
      [id, items.map(({ userId }) => userId)],
    );
  }

  /** How many are owed, since when the first, and how many are dead. */
  async measure(): Promise<{ readonly owed: number; readonly dead: number; readonly oldestSeconds: number }> {
    const [row] = await guardDatabase(() =>
      this.dataSource.query<{ owed: number; dead: number; oldest_seconds: number | null }[]>(MEASURE),
    );
    return { owed: row?.owed ?? 0, dead: row?.dead ?? 0, oldestSeconds: Math.max(0, row?.oldest_seconds ?? 0) };
  }

  /** How many collisions wait for a decision, by key. */
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

  /** One that meets a deadlock, with a batch that deletes users or with another replica, is run again. */
  private async change<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const run = () => this.dataSource.query<[Row[], number]>(statement, [...parameters]);
    const [rows] = await guardDatabase(() => repeatOnConflict(run));
    return rows;
  }
}
