import { randomUUID } from 'node:crypto';
import { repeatOnConflict, runStatements } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../../database/guard-database';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { signOutAllHere } from '../../trust-changes/sign-out-here';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';

/** A sign-out that this process has leased. */
export interface LeasedSignOut {
  readonly claim: string;
  readonly clerkUserId: string;
  /** The session to revoke; null for all sessions of the user that began before `before`. */
  readonly sessionId: string | null;
  readonly before: Date;
  readonly retryCount: number;
}

/** A sign-out to queue. `kept`: sessions that a sign-out everywhere leaves alone. */
export interface NewSignOut {
  readonly clerkUserId: string;
  readonly sessionId: string | null;
  readonly kept?: readonly string[];
}

/** A failed attempt. `counts`: whether it makes the next delay longer. */
interface FailedAttempt {
  readonly code: string;
  readonly message: string;
  readonly delayMs: number;
  readonly counts: boolean;
}

/*
 * A row of `clerk_sign_outs` is a pending sign-out. The columns `claim` and `claimed_until` are the sign-out lease.
 *
 * Transitions:
 * - no row, pending -> pending: `queueSignOut`. The process that queues it leases it at once, and takes it from any other
 *   process: a later sign-out everywhere covers the earlier one.
 * - pending -> pending: `lease`, `fail`, `release`, an expired lease.
 * - pending -> no row: `complete`, after Clerk has confirmed each revocation, or has refused in every attempt of the
 *   schedule what was queued as the id of a single session.
 * There is no dead row: the sign-out of a session that exists is never given up, because Gatehouse must go on rejecting
 * it. Every
 * statement of a lease's holder names the lease, so it changes nothing once another process has leased the row.
 */

const QUEUE = `
  INSERT INTO clerk_sign_outs AS s (clerk_user_id, session_id, before, kept, claim, claimed_until)
  VALUES ($1, $2, clock_timestamp(), $3, $4, now() + $5 * interval '1 millisecond')
  ON CONFLICT (clerk_user_id, session_id) DO UPDATE
    SET before = excluded.before, kept = excluded.kept, claim = excluded.claim, claimed_until = excluded.claimed_until,
        retry_count = 0, due_at = now(), error_code = NULL, error_message = NULL
  RETURNING before`;

const LEASE = `
  WITH due AS (
    SELECT clerk_user_id, session_id FROM clerk_sign_outs
     WHERE due_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
     ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE clerk_sign_outs AS s
     SET claim = $1, claimed_until = now() + $3 * interval '1 millisecond'
    FROM due WHERE s.clerk_user_id = due.clerk_user_id AND s.session_id = due.session_id
  RETURNING s.clerk_user_id, s.session_id, s.before, s.retry_count`;

const MINE = 'clerk_user_id = $1 AND session_id = $2 AND claim = $3';

const MEASURE = `
  SELECT count(*)::integer AS pending, extract(epoch FROM now() - min(queued_at))::float8 AS oldest_seconds
    FROM clerk_sign_outs`;

interface Row {
  clerk_user_id: string;
  session_id: string;
  before: Date;
  retry_count: number;
}

/**
 * Queues a sign-out in the transaction that makes it, and leases it to this process for `leaseMs`. Call it under the lock
 * of the Clerk user.
 */
export async function queueSignOut(
  manager: EntityManager,
  { clerkUserId, sessionId, kept = [] }: NewSignOut,
  leaseMs: number,
): Promise<LeasedSignOut> {
  const claim = randomUUID();
  const [row] = await manager.query<{ before: Date }[]>(QUEUE, [
    ...[clerkUserId, sessionId ?? '', kept, claim, leaseMs],
  ]);
  return { claim, clerkUserId, sessionId, before: row?.before ?? new Date(), retryCount: 0 };
}

/** Number of single sessions of a Clerk user whose revocation is pending. */
export async function countPending(manager: EntityManager, clerkUserId: string): Promise<number> {
  const [row] = await manager.query<{ n: number }[]>(
    `SELECT count(*)::integer AS n FROM clerk_sign_outs WHERE clerk_user_id = $1 AND session_id <> ''`,
    [clerkUserId],
  );
  return row?.n ?? 0;
}

/** The outbox of sign-outs at Clerk. */
@Injectable()
export class SignOutQueue {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(TrustChangeAnnouncer) private readonly announcer: Pick<TrustChangeAnnouncer, 'announce'>,
  ) {}

  /** Leases at most `limit` due sign-outs. */
  async lease(limit: number, leaseMs: number): Promise<LeasedSignOut[]> {
    const claim = randomUUID();
    const rows = await this.change<Row>(LEASE, [claim, limit, leaseMs]);
    return rows.map((row) => ({
      claim,
      clerkUserId: row.clerk_user_id,
      sessionId: row.session_id === '' ? null : row.session_id,
      before: row.before,
      retryCount: row.retry_count,
    }));
  }

  /**
   * Ends these sessions at Gatehouse, before they are revoked at Clerk, so that they stay ended when the row is gone.
   * Closes the Gatehouse sessions that were exchanged for them meanwhile. Leaves out the sessions that the sign-out
   * keeps. Returns the ended ones; none if another process has the lease.
   */
  async endHere(item: LeasedSignOut, sessionIds: readonly string[]): Promise<string[]> {
    const work = (manager: EntityManager) => endWithin(manager, item, sessionIds);
    const { ended, number } = await guardDatabase(() => repeatOnConflict(() => this.dataSource.transaction(work)));
    if (number !== null) void this.announcer.announce();
    return ended;
  }

  /** Deletes the sign-out: Clerk has revoked everything. Returns false if another process has the lease. */
  async complete(item: LeasedSignOut): Promise<boolean> {
    return (await this.change(`DELETE FROM clerk_sign_outs WHERE ${MINE} RETURNING 1`, keyOf(item))).length === 1;
  }

  /** Records a failed attempt. */
  async fail(item: LeasedSignOut, { code, message, delayMs, counts }: FailedAttempt): Promise<void> {
    await this.change(
      `UPDATE clerk_sign_outs
          SET claim = NULL, claimed_until = NULL, due_at = now() + $4::float8 * interval '1 millisecond',
              retry_count = retry_count + $5::boolean::int, error_code = $6, error_message = $7
        WHERE ${MINE}`,
      [...keyOf(item), delayMs, counts, code, message],
    );
  }

  /** Releases a sign-out that was not completed; it is due at once. */
  async release(item: LeasedSignOut): Promise<void> {
    await this.change(`UPDATE clerk_sign_outs SET claim = NULL, claimed_until = NULL WHERE ${MINE}`, keyOf(item));
  }

  /** Number of pending sign-outs, and the age of the oldest in seconds. */
  async measure(): Promise<{ readonly pending: number; readonly oldestSeconds: number }> {
    const [row] = await guardDatabase(() =>
      this.dataSource.query<{ pending: number; oldest_seconds: number | null }[]>(MEASURE),
    );
    return { pending: row?.pending ?? 0, oldestSeconds: Math.max(0, row?.oldest_seconds ?? 0) };
  }

  private async change<Result>(statement: string, parameters: readonly unknown[]): Promise<Result[]> {
    const run = () => this.dataSource.query<[Result[], number]>(statement, [...parameters]);
    const [rows] = await guardDatabase(() => repeatOnConflict(run));
    return rows;
  }
}

async function endWithin(
  manager: EntityManager,
  item: LeasedSignOut,
  sessionIds: readonly string[],
): Promise<{ readonly ended: string[]; readonly number: number | null }> {
  const { clerkUserId } = item;
  // Serializes this with exchanges: one that is in progress commits first, and its Gatehouse session is closed here.
  await runStatements(manager, [lockClerkUsers([clerkUserId])]);
  const [row] = await manager.query<{ kept: string[] }[]>(
    `SELECT kept FROM clerk_sign_outs WHERE ${MINE} FOR UPDATE`,
    keyOf(item),
  );
  if (row === undefined) return { ended: [], number: null };
  const ended = sessionIds.filter((id) => !row.kept.includes(id)).sort();
  const own = await signOutAllHere(
    manager,
    ended.map((sessionId) => ({ clerkUserId, sessionId })),
  );
  const closed = await closeLegacySessions(manager, { parentSessionIds: ended }, 'parent_session_ended');
  return { ended, number: await recordTrustChanges(manager, [...closed, ...own]) };
}

function keyOf({ clerkUserId, sessionId, claim }: LeasedSignOut): string[] {
  return [clerkUserId, sessionId ?? '', claim];
}
