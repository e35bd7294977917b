import { randomUUID } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { guardDatabase } from '../database/guard-database';
import { SnapshotApplier } from './snapshot-applier';

const MAX_PER_ROUND = 20;

/**
 * Reviews open conflicts: closes conflicts that have ended, and asks Clerk again about conflicts that may have ended.
 */
@Injectable()
export class ConflictReview {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SnapshotApplier) private readonly snapshots: Pick<SnapshotApplier, 'ask'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Number of open conflicts. */
  async count(): Promise<number> {
    const [row] = await this.query<{ count: string }>('SELECT count(*) FROM user_conflicts WHERE resolved_at IS NULL');
    return Number(row?.count ?? 0);
  }

  /**
   * Closes conflicts that have ended and whose claimant is a local user. Such a conflict ends when one of its two users
   * is deleted or no longer has the address, or when the local user is linked or deactivated.
   */
  async closeEnded(): Promise<void> {
    const rows = await this.query<{ id: string; holder: string }>(ended);
    if (rows.length === 0) return;
    // Skips a conflict whose holder has changed since the query: the query only checked the earlier holder.
    await this.query(
      `UPDATE user_conflicts AS c SET resolved_at = now() FROM unnest($1::bigint[], $2::text[]) AS ended(id, holder)
        WHERE c.id = ended.id AND c.holder = ended.holder AND c.resolved_at IS NULL`,
      [rows.map(({ id }) => id), rows.map(({ holder }) => holder)],
    );
  }

  /**
   * Asks Clerk again about users that are stored without an address because another user, the holder, has it. A user is
   * due when the holder's row has changed since Clerk was last asked; the longest waiting comes first. If a user cannot
   * be settled, asks again in ten minutes. Stops when `goOn` returns false.
   * @throws ClerkRequestError or SharedOutageError while Clerk or the database is unavailable
   */
  async askDue(goOn: () => boolean): Promise<void> {
    for (const { claimant, now } of await this.query<{ claimant: string; now: Date }>(due, [MAX_PER_ROUND])) {
      if (!goOn()) return;
      const { decision } = await this.snapshots.ask(randomUUID(), claimant);
      if (decision === 'failed')
        this.log.warn({ clerkUserId: claimant }, 'conflict not settled; retrying in 10 minutes');
      await this.query(
        `UPDATE user_conflicts SET checked_at = CASE WHEN $3 THEN checked_at ELSE $2 END,
           retry_at = CASE WHEN $3 THEN now() + interval '10 minutes' END
          WHERE claimant = $1 AND resolved_at IS NULL`,
        [claimant, now, decision === 'failed'],
      );
    }
  }

  private query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return guardDatabase(() => this.dataSource.query<Row[]>(text, [...values]));
  }
}

/**
 * SQL for our id of a local user, from a column that holds our ids of local users and the Clerk ids of other users. NULL
 * for a Clerk id.
 */
const localId = (column: string) => `CASE WHEN starts_with(${column}, 'user_') THEN NULL ELSE ${column}::uuid END`;

const ended = `
  SELECT c.id, c.holder FROM user_conflicts AS c
   WHERE c.resolved_at IS NULL AND NOT starts_with(c.claimant, 'user_')
     AND NOT EXISTS (
       SELECT FROM users AS ours JOIN users AS theirs ON theirs.clerk_user_id = c.holder AND theirs.deleted_at IS NULL
        WHERE ours.id = ${localId('c.claimant')}
          AND ours.clerk_user_id IS NULL AND ours.deleted_at IS NULL AND ours.is_active
          AND CASE c.kind WHEN 'email' THEN theirs.email_verified AND lower(theirs.email) = lower(ours.email)
                          ELSE theirs.phone_verified AND theirs.phone_number = ours.phone_number END)
   ORDER BY c.id`;

/**
 * A claimant is due if the holder's `updated_at` is later than the last check minus this margin. `updated_at` is the
 * time at which the holder's transaction began. If that transaction commits after a check, the check has missed the
 * change. The margin then makes the claimant due again. Each statement times out after 10 s, and a transaction rarely
 * takes longer in total. If one does, the next reconcile run finds the change.
 */
const MARGIN = "interval '10 seconds'";

const due = `
  SELECT c.claimant, now() AS now FROM user_conflicts AS c
    LEFT JOIN users AS theirs ON theirs.clerk_user_id = c.holder
    LEFT JOIN users AS ours ON ours.id = ${localId('c.holder')}
   WHERE c.resolved_at IS NULL AND starts_with(c.claimant, 'user_')
     AND coalesce(theirs.updated_at, ours.updated_at, c.detected_at)
           > coalesce(c.checked_at, c.detected_at) - ${MARGIN}
     AND coalesce(c.retry_at, c.detected_at) <= now()
   GROUP BY c.claimant ORDER BY min(coalesce(c.checked_at, c.detected_at)) LIMIT $1`;
