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
import { ReconcileRuns, type Sighting } from './reconcile-runs';
import { SnapshotApplier } from './snapshot-applier';
import { SuspectedAbsences } from '../clerk/suspected-absences';
import { CONFIG } from '../tokens';

/** How many users the cursor remembers, in case the last one is deleted. */
const PREDECESSORS = 5;
const ABSENCES_AT_ONCE = 50;
const MAX_ASKED = 5;

/**
 * Walks over Clerk's users and makes ours equal: applies every snapshot and marks it seen, then asks for each of ours that
 * was not seen. All progress is in the database; a walk that was interrupted anywhere goes on there.
 */
@Injectable()
export class Reconciler {
  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<UserSyncConfig, 'reconcile'> & {
      readonly clerk: { readonly instanceId?: string };
    },
    private readonly dataSource: DataSource,
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'after' | 'count' | 'instanceId'>,
    private readonly runs: ReconcileRuns,
    private readonly snapshots: SnapshotApplier,
    private readonly absences: SuspectedAbsences,
  ) {}

  /**
   * Brings a walk to its end: done, refused, or stopped until a person approves. `mayGoOn` is asked before each step;
   * throws ReconcileInterruptedError when it says no, and ClerkRequestError or SharedOutageError while somebody is away.
   */
  async run(run: ReconcileRunEntity, mayGoOn: () => Promise<boolean> | boolean): Promise<void> {
    const goOn = async () => {
      if (!(await mayGoOn())) throw new ReconcileInterruptedError();
    };
    const startedAt = run.startedAt ?? (await this.now());
    const instanceId = await this.clerk.instanceId();
    const ours = await this.runs.instanceOf(this.config.clerk.instanceId);
    if (ours !== undefined && ours !== instanceId) {
      const message = "the secret key belongs to another Clerk instance than this database's users";
      return this.end(run.id, { state: 'refused', message, startedAt });
    }
    const usersTotal = run.usersTotal ?? (await this.clerk.count());
    await this.runs.update(run.id, { state: 'running', message: null, startedAt, usersTotal, instanceId });
    if (!run.walked) await this.walk(run, goOn);
    await this.runs.update(run.id, { walked: true });
    const stopped = await this.confirmAbsences(run, startedAt, goOn);
    if (stopped === undefined) return this.end(run.id, { state: 'done' });
    await this.end(run.id, { state: 'needs_approval', message: stopped });
  }

  private end(id: string, changes: Partial<ReconcileRunEntity>): Promise<void> {
    return this.runs.update(id, { ...changes, finishedAt: new Date() });
  }

  /** PostgreSQL's clock, which users' times of creation are of. */
  private async now(): Promise<Date> {
    const rows = await guardDatabase(() => this.dataSource.query<{ now: Date }[]>('SELECT now() AS now'));
    return rows[0]?.now ?? new Date();
  }

  private async walk(run: ReconcileRunEntity, goOn: () => Promise<void>): Promise<void> {
    let cursor = [...run.cursor];
    for (;;) {
      await goOn();
      const page = await this.page(cursor);
      const last = page.users.at(-1);
      if (last === undefined) return;
      const sightings = await this.snapshots.applyAll(run.id, page.users);
      failpoint('after-page');
      const met = page.users.map(({ clerkUserId }) => clerkUserId).reverse();
      cursor = [...met, ...page.cursor].slice(0, PREDECESSORS);
      await this.runs.advance(run.id, sightings, cursor);
    }
  }

  /** The next page; when the user to go on after is gone, after the one before it, in the end from the beginning. */
  private async page(cursor: readonly string[]): Promise<{ users: MappedUser[]; cursor: readonly string[] }> {
    for (let skipped = 0; ; skipped += 1) {
      try {
        return { users: await this.clerk.after(cursor[skipped]), cursor: cursor.slice(skipped) };
      } catch (error) {
        if (!(error instanceof CursorGoneError) || skipped === cursor.length) throw error;
      }
    }
  }

  /** Asks for every user of ours that was not met; tells why when it must not go on without a person. */
  private async confirmAbsences(
    run: ReconcileRunEntity,
    startedAt: Date,
    goOn: () => Promise<void>,
  ): Promise<string | undefined> {
    const { users, absent, deleted } = await this.tally(run.id, startedAt);
    await this.runs.update(run.id, { absences: absent + deleted });
    const allowed = Math.max(this.config.reconcile.maxDeletions, Math.floor(users / 100));
    const approved = run.approved;
    if (!approved && absent + deleted > allowed) {
      return `Clerk's list lacks ${absent} of ${users} users, more than the ${allowed} that may be deleted unasked`;
    }
    for (let after = ''; ;) {
      await goOn();
      const ids = await this.absent(run.id, startedAt, after);
      const last = ids.at(-1);
      if (last === undefined) return undefined;
      after = last;
      const sightings = await mapBounded(ids, MAX_ASKED, (id) => this.confirm(run.id, id));
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
          ORDER BY u.clerk_user_id LIMIT ${ABSENCES_AT_ONCE}`,
        [runId, startedAt, after],
      ),
    );
    return rows.map(({ clerk_user_id }) => clerk_user_id);
  }
}
