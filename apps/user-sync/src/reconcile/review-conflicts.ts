import { randomUUID } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { guardDatabase } from '../database/guard-database';
import { SnapshotApplier } from './snapshot-applier';

const MAX_AT_ONCE = 20;

/** Looks again at conflicts that are open: whether they are over, and whether an address has become free. */
@Injectable()
export class ConflictReview {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SnapshotApplier) private readonly snapshots: Pick<SnapshotApplier, 'ask'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** How many conflicts are open. */
  async count(): Promise<number> {
    const [row] = await this.query<{ count: string }>('SELECT count(*) FROM user_conflicts WHERE resolved_at IS NULL');
    return Number(row?.count ?? 0);
  }

  /**
   * Closes those of local users that are over: the local user or the Clerk user is gone, was linked or shut out, or does
   * not have the address any more.
   */
  async closeOver(): Promise<void> {
    const rows = await this.query<{ id: string; holder: string }>(over);
    if (rows.length === 0) return;
    // Who holds the address may be another one meanwhile: that was not judged.
    await this.query(
      `UPDATE user_conflicts AS c SET resolved_at = now() FROM unnest($1::bigint[], $2::text[]) AS over(id, holder)
        WHERE c.id = over.id AND c.holder = over.holder AND c.resolved_at IS NULL`,
      [rows.map(({ id }) => id), rows.map(({ holder }) => holder)],
    );
  }

  /**
   * Asks Clerk for users who are stored without an address, when whoever holds it was written since they were last asked
   * for; those who wait longest first, while `goOn`. Who cannot be settled comes again in ten minutes. Throws as a walk
   * does when Clerk is away or refuses us.
   */
  async askDue(goOn: () => boolean): Promise<void> {
    for (const { claimant, now } of await this.query<{ claimant: string; now: Date }>(due, [MAX_AT_ONCE])) {
      if (!goOn()) return;
      const { decision } = await this.snapshots.ask(randomUUID(), claimant);
      if (decision === 'failed') this.log.warn({ clerkUserId: claimant }, 'a conflict cannot be settled now');
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

/** The user that an id in a conflict stands for, when it is one of ours: local users have no other. */
const localId = (column: string) => `CASE WHEN starts_with(${column}, 'user_') THEN NULL ELSE ${column}::uuid END`;

const over = `
  SELECT c.id, c.holder FROM user_conflicts AS c
   WHERE c.resolved_at IS NULL AND NOT starts_with(c.claimant, 'user_')
     AND NOT EXISTS (
       SELECT FROM users AS ours JOIN users AS theirs ON theirs.clerk_user_id = c.holder AND theirs.deleted_at IS NULL
        WHERE ours.id = ${localId('c.claimant')}
          AND ours.clerk_user_id IS NULL AND ours.deleted_at IS NULL AND ours.is_active
          AND CASE c.kind WHEN 'email' THEN theirs.email_verified AND lower(theirs.email) = lower(ours.email)
                          ELSE theirs.phone_verified AND theirs.phone_number = ours.phone_number END)
   ORDER BY c.id`;

/** Whoever wrote the holder may have begun a moment before the conflict was noted, and committed after it. */
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
