import { randomUUID } from 'node:crypto';
import { type Role } from '@gatehouse/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { guardDatabase } from '../database/guard-database';
import { repeatOnConflict } from '../database/repeat-on-conflict';
import { BETWEEN_WRITES } from './owe-write-backs';

/** A write-back in hand: what Clerk is to hold of the user. */
export interface ClaimedWriteBack {
  readonly userId: string;
  readonly clerkUserId: string;
  readonly role: Role;
  readonly revision: number;
  readonly retryCount: number;
}

/** Some write-backs that nobody else will touch while the lease holds. */
export interface WriteBackClaim {
  readonly id: string;
  readonly items: readonly ClaimedWriteBack[];
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
  RETURNING w.user_id, w.revision, w.retry_count`;

/** Read after the claim, hence at least as new as the revision that was claimed. */
const READ = `SELECT id, clerk_user_id, role FROM users
  WHERE id = ANY($1::uuid[]) AND clerk_user_id IS NOT NULL AND deleted_at IS NULL`;

/** What was changed since the claim is owed again. */
const COMPLETE = `
  UPDATE write_backs AS w
     SET state = CASE WHEN w.revision = done.revision THEN 'done' ELSE 'pending' END,
         written_at = now(), due_at = now() + ${BETWEEN_WRITES}, retry_count = 0, claim = NULL, claimed_until = NULL,
         error_code = NULL, error_message = NULL
    FROM unnest($2::uuid[], $3::bigint[]) AS done (user_id, revision)
   WHERE w.user_id = done.user_id AND w.claim = $1`;

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

/** The write-backs as the database holds them: whoever works on one claims it, for a time. */
@Injectable()
export class WriteBackQueue {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Claims what is due, at most `limit`; what is owed of users who are no more ends here. */
  async claim(limit: number, leaseMs: number): Promise<WriteBackClaim> {
    const id = randomUUID();
    const rows = await this.change<{ user_id: string; revision: string; retry_count: number }>(CLAIM, [
      ...[id, limit, leaseMs],
    ]);
    if (rows.length === 0) return { id, items: [] };
    const users = await guardDatabase(() =>
      this.dataSource.query<{ id: string; clerk_user_id: string; role: Role }[]>(READ, [
        rows.map(({ user_id }) => user_id),
      ]),
    );
    const byId = new Map(users.map((user) => [user.id, user]));
    const items = rows.flatMap(({ user_id: userId, revision, retry_count: retryCount }) => {
      const user = byId.get(userId);
      if (user === undefined) return [];
      return [{ userId, clerkUserId: user.clerk_user_id, role: user.role, revision: Number(revision), retryCount }];
    });
    const gone = rows.flatMap(({ user_id }) => (byId.has(user_id) ? [] : [user_id]));
    if (gone.length > 0) {
      await this.change('DELETE FROM write_backs WHERE claim = $1 AND user_id = ANY($2::uuid[])', [id, gone]);
    }
    return { id, items };
  }

  /** Clerk holds what was claimed. */
  async complete(claimId: string, items: readonly ClaimedWriteBack[]): Promise<void> {
    if (items.length === 0) return;
    await this.change(COMPLETE, [claimId, items.map(({ userId }) => userId), items.map(({ revision }) => revision)]);
  }

  /** A try has failed. */
  async fail(claimId: string, item: ClaimedWriteBack, { delayMs, counts, code, message }: FailedTry): Promise<void> {
    await this.change(FAIL, [claimId, item.userId, item.revision, delayMs, code, message, counts]);
  }

  /** Gives back what of a claim has not come to its end. */
  async release({ id, items }: WriteBackClaim): Promise<void> {
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

  /** One that meets a deadlock, with a batch that deletes users or with another replica, is run again. */
  private async change<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const run = () => this.dataSource.query<[Row[], number]>(statement, [...parameters]);
    const [rows] = await guardDatabase(() => repeatOnConflict(run));
    return rows;
  }
}
