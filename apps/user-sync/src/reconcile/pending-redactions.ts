import { randomUUID } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import { runStatements } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { recordTrustChanges } from '../trust-changes/record-trust-changes';
import { redactUsers } from '../apply/batch/redact-users';
import { lockClerkUsers } from '../database/lock-clerk-users';
import { guardDatabase } from '../database/guard-database';
import { queueWriteBacks } from '../write-back/queue/queue-write-backs';

const MAX_REDACTIONS = 500;

/**
 * Deletions that no webhook reported: by a reconcile run, or by the second check of a suspected absence. The users are
 * redacted a day later. Until then, an admin can undo the deletions of a reconcile run. Deletions by a second check
 * cannot be undone. They are kept for the day as well, because their number per day is limited (`countConfirmedToday`).
 */
@Injectable()
export class PendingRedactions {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Redacts the users whose redaction is due. Returns their number. */
  async redactDue(): Promise<number> {
    const count = await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        const [rows] = await manager.query<[Pending[], number]>(
          `DELETE FROM pending_redactions WHERE user_id IN (
             SELECT user_id FROM pending_redactions WHERE redact_at <= now() LIMIT ${MAX_REDACTIONS} FOR UPDATE SKIP LOCKED)
           RETURNING user_id, clerk_user_id`,
        );
        await runStatements(manager, redactUsers(rows.map(({ user_id }) => user_id)));
        const reason = 'the deletion was not undone in time: all personal data is erased';
        await recordSteps(manager, rows, { source: 'redaction', decision: 'redact', reason, causeId: randomUUID() });
        return rows.length;
      }),
    );
    if (count > 0) this.log.info({ users: count }, 'undoable deletions redacted');
    return count;
  }

  /** Number of users that were deleted in the last 24 hours because a second check did not find them at Clerk. */
  async countConfirmedToday(): Promise<number> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ count: string }[]>(
        `SELECT count(*) FROM pending_redactions
          WHERE starts_with(source, 'confirmation:') AND found_at > now() - interval '24 hours'`,
      ),
    );
    return Number(rows[0]?.count ?? 0);
  }

  /** Number of users that a reconcile run deleted and that can still be restored. */
  async countOf(runId: string): Promise<number> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ count: string }[]>(
        `SELECT count(*) FROM pending_redactions WHERE starts_with(source, $1) AND redact_at > now()`,
        [undoableSource(runId)],
      ),
    );
    return Number(rows[0]?.count ?? 0);
  }

  /** Undoes the deletions of a reconcile run, in the caller's transaction. Returns the number of restored users. */
  async undo(manager: EntityManager, runId: string): Promise<number> {
    const due = await manager.query<{ clerk_user_id: string }[]>(
      'SELECT clerk_user_id FROM pending_redactions WHERE starts_with(source, $1) AND redact_at > now()',
      [undoableSource(runId)],
    );
    await runStatements(manager, [lockClerkUsers(due.map(({ clerk_user_id }) => clerk_user_id))]);
    const [rows] = await manager.query<[Restored[], number]>(
      `DELETE FROM pending_redactions WHERE starts_with(source, $1) AND redact_at > now()
       RETURNING user_id, clerk_user_id, was_active`,
      [undoableSource(runId)],
    );
    if (rows.length === 0) return 0;
    await manager.query('DELETE FROM clerk_tombstones WHERE clerk_user_id = ANY($1::text[])', [
      rows.map(({ clerk_user_id }) => clerk_user_id),
    ]);
    await restoreUsers(manager, rows);
    const reason = 'an admin has undone the deletion';
    await recordSteps(manager, rows, { source: 'undo', decision: 'restore', reason, causeId: runId });
    const restored = rows.map(({ user_id }) => ({ userId: user_id, reason: 'restore' as const }));
    await runStatements(manager, queueWriteBacks(restored, true));
    await recordTrustChanges(
      manager,
      rows.map(({ user_id, clerk_user_id }) => {
        return { kind: 'user', userId: user_id, clerkUserId: clerk_user_id, reason: 'activated' } as const;
      }),
    );
    return rows.length;
  }
}

interface Pending {
  user_id: string;
  clerk_user_id: string;
}

interface Restored extends Pending {
  was_active: boolean;
}

/**
 * Restores deleted users. An address that another user has verified meanwhile stays with the other user. Clears the
 * content hash, so that the next snapshot is written in full.
 */
async function restoreUsers(manager: EntityManager, rows: readonly Restored[]): Promise<void> {
  await manager.query(
    `UPDATE users u SET deleted_at = NULL, is_active = back.was_active, updated_at = now(), content_hash = NULL,
       email = CASE WHEN e.taken THEN NULL ELSE u.email END, email_verified = u.email_verified AND NOT e.taken,
       phone_number = CASE WHEN p.taken THEN NULL ELSE u.phone_number END,
       phone_verified = u.phone_verified AND NOT p.taken
     FROM jsonb_to_recordset($1) AS back(user_id uuid, was_active boolean)
     JOIN users mine ON mine.id = back.user_id,
     LATERAL (SELECT EXISTS (SELECT FROM users o WHERE lower(o.email) = lower(mine.email) AND o.email_verified
                                AND o.deleted_at IS NULL) AS taken) AS e,
     LATERAL (SELECT EXISTS (SELECT FROM users o WHERE o.phone_number = mine.phone_number AND o.phone_verified
                                AND o.deleted_at IS NULL) AS taken) AS p
     WHERE u.id = back.user_id`,
    [JSON.stringify(rows)],
  );
}

/** Adds a redaction or an undo to the history of each user, as a row of `applied_events` without an observation. */
async function recordSteps(
  manager: EntityManager,
  rows: readonly Pending[],
  step: { source: string; decision: string; reason: string; causeId: string },
): Promise<void> {
  await manager.query(
    `INSERT INTO applied_events (webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, attempt,
       correlation_id)
     SELECT $1::text || ':' || $4::text || ':' || clerk_user_id, $1, $1, clerk_user_id, user_id, $2, $3, 0, $4
       FROM jsonb_to_recordset($5) AS about(user_id uuid, clerk_user_id text)
     ON CONFLICT DO NOTHING`,
    [step.source, step.decision, step.reason, step.causeId, JSON.stringify(rows)],
  );
}

/** How the source of each deletion by a reconcile run begins. */
export function undoableSource(runId: string): string {
  return `reconcile:${runId}:`;
}
