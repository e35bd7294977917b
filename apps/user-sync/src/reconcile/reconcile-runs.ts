import { randomUUID } from 'node:crypto';
import { type ReconcileRun } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../database/guard-database';
import { ReconcileRunEntity } from '../database/reconcile-run.entity';

/** A user in a reconcile run, and the decision of the run about the user. */
export interface Sighting {
  readonly clerkUserId: string;
  readonly decision: string;
  readonly version: number | null;
}

/** Reconcile runs in the database. */
@Injectable()
export class ReconcileRuns {
  constructor(private readonly dataSource: DataSource) {}

  /** The run that is queued or running. There is at most one. */
  open(): Promise<ReconcileRunEntity | null> {
    return guardDatabase(() =>
      this.dataSource.manager.findOneBy(ReconcileRunEntity, [{ state: 'running' }, { state: 'queued' }]),
    );
  }

  /** The run that ended last, in any state or in state `done`. */
  async lastFinished(state?: 'done'): Promise<ReconcileRunEntity | null> {
    return guardDatabase(() =>
      this.dataSource
        .createQueryBuilder(ReconcileRunEntity, 'r')
        .where('r.finishedAt IS NOT NULL')
        .andWhere(state === undefined ? 'true' : 'r.state = :state', { state })
        .orderBy('r.finishedAt', 'DESC')
        .getOne(),
    );
  }

  /** Queues a run and returns its id; null when another run is queued or running. */
  async queue(trigger: ReconcileRunEntity['trigger'], manager = this.dataSource.manager): Promise<string | null> {
    const rows = await guardDatabase(() =>
      manager.query<{ id: string }[]>(
        `INSERT INTO reconcile_runs (id, state, trigger) VALUES ($1, 'queued', $2) ON CONFLICT DO NOTHING RETURNING id`,
        [randomUUID(), trigger],
      ),
    );
    return rows[0]?.id ?? null;
  }

  /** Updates a run. */
  async update(id: string, changes: Partial<ReconcileRunEntity>): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.manager.update(ReconcileRunEntity, { id }, { ...changes, updatedAt: new Date() }),
    );
  }

  /**
   * Records, in one transaction, the decisions about the users of `sightings`: users that the run has scanned, or has
   * asked Clerk about one by one. Marks the users as seen, except those that Clerk does not know. Adds the decisions to
   * `changes`. A user whom the run has seen before is not counted again. A run sees users twice when no user of its
   * cursor exists any more: the scan then restarts at the first page.
   *
   * `cursor`: after a scanned page, the users scanned last. A crashed run resumes after them. The users of the page are
   * added to `users_done`. Null for users that Clerk was asked about one by one: the stored cursor and `users_done`
   * then stay.
   */
  async advance(id: string, sightings: readonly Sighting[], cursor: readonly string[] | null): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        const seen = await seenBefore(manager, id, sightings);
        const fresh = sightings.filter(({ clerkUserId }) => !seen.has(clerkUserId));
        const counts: Record<string, number> = {};
        for (const { decision } of fresh) counts[decision] = (counts[decision] ?? 0) + 1;
        await markSeen(manager, id, sightings);
        await manager.query(
          `UPDATE reconcile_runs SET users_done = users_done + $2, cursor = coalesce($3::text[], cursor), updated_at = now(),
             changes = changes || (SELECT coalesce(jsonb_object_agg(key, coalesce((changes ->> key)::int, 0) + value::int), '{}')
                                     FROM jsonb_each_text($4::jsonb))
            WHERE id = $1`,
          [id, cursor === null ? 0 : fresh.length, cursor, JSON.stringify(counts)],
        );
      }),
    );
  }
}

async function seenBefore(
  manager: EntityManager,
  runId: string,
  sightings: readonly Sighting[],
): Promise<ReadonlySet<string>> {
  const rows = await manager.query<{ clerk_user_id: string }[]>(
    'SELECT clerk_user_id FROM reconcile_sightings WHERE run_id = $1 AND clerk_user_id = ANY($2::text[])',
    [runId, sightings.map(({ clerkUserId }) => clerkUserId)],
  );
  return new Set(rows.map(({ clerk_user_id }) => clerk_user_id));
}

async function markSeen(manager: EntityManager, runId: string, sightings: readonly Sighting[]): Promise<void> {
  const found = sightings.filter(({ decision }) => decision !== 'missing' && decision !== 'delete');
  await manager.query(
    `INSERT INTO reconcile_sightings (clerk_user_id, run_id, decision, version)
     SELECT id, $1, decision, version FROM jsonb_to_recordset($2) AS new(id text, decision text, version bigint)
     ON CONFLICT (clerk_user_id) DO UPDATE
       SET run_id = excluded.run_id, decision = excluded.decision, version = excluded.version, seen_at = now()`,
    [
      runId,
      JSON.stringify(found.map(({ clerkUserId, decision, version }) => ({ id: clerkUserId, decision, version }))),
    ],
  );
}

/** A run as admins see it. */
export function presentRun(run: ReconcileRunEntity, undoable: number): ReconcileRun {
  const end = run.finishedAt ?? run.updatedAt;
  const seconds = run.startedAt === null ? 0 : (end.getTime() - run.startedAt.getTime()) / 1_000;
  return {
    id: run.id,
    state: run.state,
    trigger: run.trigger,
    message: run.message,
    usersTotal: run.usersTotal,
    usersDone: run.usersDone,
    remaining: run.usersTotal === null ? null : run.scanned ? 0 : Math.max(0, run.usersTotal - run.usersDone),
    usersPerSecond: seconds > 0 ? Math.round((run.usersDone / seconds) * 10) / 10 : null,
    absences: run.absences,
    changes: run.changes,
    undoable,
    requestedAt: run.requestedAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    updatedAt: run.updatedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
