import { failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkDirectory } from '../clerk/clerk-directory';
import { mapBounded } from '../concurrency/slots';
import { type UserSyncConfig } from '../config';
import { guardDatabase } from '../database/guard-database';
import { type ReconcileRunEntity } from '../database/reconcile-run.entity';
import { CursorGoneError, ReconcileInterruptedError } from '../errors';
import { type MappedUser } from '../clerk-user/map-clerk-user';
import { InstanceCheck } from './instance-check';
import { ReconcileRuns, type Sighting } from './reconcile-runs';
import { SnapshotApplier } from './snapshot-applier';
import { SuspectedAbsences } from '../clerk/suspected-absences';
import { CONFIG } from '../tokens';

/*
 * States of a run, `reconcile_runs.state`:
 * - queued: requested; no replica works on it.
 * - running: a replica scans Clerk's users (`scanned` is false), or asks about absent ones (`scanned` is true).
 * - needs_approval: too many users are absent. Nothing more is deleted until an admin approves.
 * - done: our users equal Clerk's, except those that `changes` counts as `failed`.
 * - refused: the secret key belongs to another Clerk instance.
 * - failed: Clerk rejected our requests.
 * - undone: an admin has undone the deletions.
 *
 * Transitions:
 * - queued -> running: `run`, by the leading replica. A run that was interrupted stays running and is resumed.
 * - running -> done, needs_approval: `run`.
 * - queued, running -> refused: `run`. queued, running -> failed: the worker.
 * - needs_approval -> queued: an admin approves.
 * - every state but queued and running -> undone: an admin undoes the deletions. A refused or failed run may have
 *   deleted users before it was interrupted and resumed.
 */

/**
 * Number of users in the cursor: those scanned last, the last one first. The scan continues after the first of them
 * that still exists at Clerk.
 */
const CURSOR_USERS = 5;
const ABSENT_PER_PAGE = 50;
const MAX_CONCURRENT = 5;

/**
 * Scans all of Clerk's users and makes ours equal to them. First applies each page of snapshots and marks its users as
 * seen, then asks Clerk about each of our users that was not seen. All progress is in the database, so that an
 * interrupted run is resumed at the page where it stopped.
 */
@Injectable()
export class Reconciler {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'reconcile'>,
    private readonly dataSource: DataSource,
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'after' | 'count' | 'instanceId'>,
    @Inject(InstanceCheck) private readonly instance: Pick<InstanceCheck, 'isOurs'>,
    private readonly runs: ReconcileRuns,
    private readonly snapshots: SnapshotApplier,
    private readonly absences: SuspectedAbsences,
  ) {}

  /**
   * Runs or resumes a run until it is done, refused or needs approval. `mayGoOn` is asked before each page.
   * @throws ReconcileInterruptedError when `mayGoOn` returns false
   * @throws ClerkRequestError or SharedOutageError while Clerk or the database is unavailable
   */
  async run(run: ReconcileRunEntity, mayGoOn: () => Promise<boolean> | boolean): Promise<void> {
    const goOn = async () => {
      if (!(await mayGoOn())) throw new ReconcileInterruptedError();
    };
    const startedAt = run.startedAt ?? (await this.now());
    const instanceId = await this.clerk.instanceId();
    if (!(await this.instance.isOurs(instanceId))) {
      const message = "the secret key belongs to another Clerk instance than this database's users";
      return this.end(run.id, { state: 'refused', message, startedAt });
    }
    const usersTotal = run.usersTotal ?? (await this.clerk.count());
    await this.runs.update(run.id, { state: 'running', message: null, startedAt, usersTotal, instanceId });
    if (!run.scanned) await this.scan(run, goOn);
    await this.runs.update(run.id, { scanned: true });
    const objection = await this.confirmAbsences(run, startedAt, goOn);
    if (objection === undefined) return this.end(run.id, { state: 'done' });
    await this.end(run.id, { state: 'needs_approval', message: objection });
  }

  private end(id: string, changes: Partial<ReconcileRunEntity>): Promise<void> {
    return this.runs.update(id, { ...changes, finishedAt: new Date() });
  }

  /** Current time by PostgreSQL's clock, because the result is compared with `users.created_at`. */
  private async now(): Promise<Date> {
    const rows = await guardDatabase(() => this.dataSource.query<{ now: Date }[]>('SELECT now() AS now'));
    return rows[0]?.now ?? new Date();
  }

  private async scan(run: ReconcileRunEntity, goOn: () => Promise<void>): Promise<void> {
    let cursor = [...run.cursor];
    for (;;) {
      await goOn();
      const page = await this.page(cursor);
      const last = page.users.at(-1);
      if (last === undefined) return;
      const sightings = await this.snapshots.applyAll(run.id, page.users);
      failpoint('after-page');
      const met = page.users.map(({ clerkUserId }) => clerkUserId).reverse();
      cursor = [...met, ...page.cursor].slice(0, CURSOR_USERS);
      await this.runs.advance(run.id, sightings, cursor);
    }
  }

  /**
   * Reads the page after the first user of the cursor that still exists at Clerk. If none of them exists, reads the
   * first page, which starts the scan again.
   */
  private async page(cursor: readonly string[]): Promise<{ users: MappedUser[]; cursor: readonly string[] }> {
    for (let skipped = 0; ; skipped += 1) {
      try {
        return { users: await this.clerk.after(cursor[skipped]), cursor: cursor.slice(skipped) };
      } catch (error) {
        if (!(error instanceof CursorGoneError) || skipped === cursor.length) throw error;
      }
    }
  }

  /**
   * Asks Clerk about each of our users that the scan did not see. If too many are absent, does not ask, and returns the
   * reason why an admin has to approve first.
   */
  private async confirmAbsences(
    run: ReconcileRunEntity,
    startedAt: Date,
    goOn: () => Promise<void>,
  ): Promise<string | undefined> {
    const { users, absent, deleted } = await this.tally(run.id, startedAt);
    await this.runs.update(run.id, { absences: absent + deleted });
    const allowed = Math.max(this.config.reconcile.maxDeletions, Math.floor(users / 100));
    if (!run.approved && absent + deleted > allowed) {
      return `Clerk's list lacks ${absent} of ${users} users, more than the ${allowed} that may be deleted unasked`;
    }
    for (let after = ''; ;) {
      await goOn();
      const ids = await this.absent(run.id, startedAt, after);
      const last = ids.at(-1);
      if (last === undefined) return undefined;
      after = last;
      const sightings = await mapBounded(ids, MAX_CONCURRENT, (id) => this.confirm(run.id, id));
      await this.runs.advance(run.id, sightings, null);
    }
  }

  private async confirm(runId: string, clerkUserId: string): Promise<Sighting> {
    const sighting = await this.snapshots.ask(runId, clerkUserId);
    if (sighting.decision !== 'missing') return sighting;
    await this.snapshots.delete(runId, clerkUserId);
    await this.absences.clear([clerkUserId]);
    return { ...sighting, decision: 'delete' };
  }

  private async tally(runId: string, startedAt: Date): Promise<{ users: number; absent: number; deleted: number }> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ users: string; absent: string; deleted: string }[]>(
        `SELECT count(*) AS users,
                count(*) FILTER (WHERE u.created_at < $2 AND s.run_id IS DISTINCT FROM $1) AS absent,
                (SELECT count(*) FROM pending_redactions WHERE starts_with(source, 'reconcile:' || $1::uuid || ':')) AS deleted
           FROM users u LEFT JOIN reconcile_sightings s USING (clerk_user_id)
          WHERE u.clerk_user_id IS NOT NULL AND u.deleted_at IS NULL`,
        [runId, startedAt],
      ),
    );
    const { users = 0, absent = 0, deleted = 0 } = rows[0] ?? {};
    return { users: Number(users), absent: Number(absent), deleted: Number(deleted) };
  }

  private async absent(runId: string, startedAt: Date, after: string): Promise<string[]> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ clerk_user_id: string }[]>(
        `SELECT u.clerk_user_id FROM users u LEFT JOIN reconcile_sightings s USING (clerk_user_id)
          WHERE u.clerk_user_id > $3 AND u.deleted_at IS NULL AND u.created_at < $2
            AND s.run_id IS DISTINCT FROM $1
          ORDER BY u.clerk_user_id LIMIT ${ABSENT_PER_PAGE}`,
        [runId, startedAt, after],
      ),
    );
    return rows.map(({ clerk_user_id }) => clerk_user_id);
  }
}
