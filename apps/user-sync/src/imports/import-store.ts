import { type UserImport, type UserImportState, userImportUndoDays } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../database/guard-database';
import { UserImportEntity } from '../database/user-import.entity';
import { ImportInterruptedError } from '../errors';

/** States in which a worker has something to do. */
const workingStates = ['planning', 'applying', 'undoing'] as const satisfies readonly UserImportState[];

const working = workingStates.map((state) => `'${state}'`).join(', ');

/** Columns of an import whose step begins or has made progress. */
export const unhindered = { attempts: 0, retryAt: null, message: null } as const;

/** Time until the next attempt of a step that failed: doubled with each failure, from the first to the last of these. */
const RETRY_MS = { first: 5_000, last: 300_000 };

const UNDO_MS = userImportUndoDays * 86_400_000;

/** Imports of users in the database. */
@Injectable()
export class ImportStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The import that has waited longest for a worker; null when there is none. An import whose step has failed waits until
   * its next attempt, and others go on. Planning comes last: nobody waits for it as for an undo.
   */
  async next(): Promise<UserImportEntity | null> {
    return guardDatabase(async () => {
      const [row] = await this.dataSource.query<{ id: string }[]>(
        `SELECT id FROM user_imports WHERE state IN (${working}) AND (retry_at IS NULL OR retry_at <= now())
          ORDER BY state = 'planning', coalesce(retry_at, updated_at) LIMIT 1`,
      );
      return row === undefined ? null : this.dataSource.manager.findOneBy(UserImportEntity, { id: row.id });
    });
  }

  /** The bytes of the file, part by part. */
  async *chunks(id: string): AsyncGenerator<Uint8Array> {
    for (let position = 0; ;) {
      const [chunk] = await guardDatabase(() =>
        this.dataSource.query<{ content: Buffer }[]>(
          'SELECT content FROM user_import_chunks WHERE import_id = $1 AND position = $2',
          [id, position],
        ),
      );
      if (chunk === undefined) return;
      yield chunk.content;
      position += chunk.content.length;
    }
  }

  /** Ends a step of an import, unless an admin has ended it meanwhile. */
  async endStep(id: string, from: UserImportState, changes: Partial<UserImportEntity>): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.manager.update(
        UserImportEntity,
        { id, state: from },
        { ...unhindered, ...changes, updatedAt: new Date() },
      ),
    );
  }

  /**
   * Lets a step whose attempt has failed wait for its next one, at least `leastMs`. `message` says why, for admins.
   * Returns the failed attempts since the last progress; undefined when an admin has changed the import meanwhile.
   */
  async postpone(
    { id, state }: Pick<UserImportEntity, 'id' | 'state'>,
    leastMs: number,
    message: string,
  ): Promise<number | undefined> {
    const [rows] = await guardDatabase(() =>
      this.dataSource.query<[{ attempts: number }[], number]>(
        `UPDATE user_imports SET attempts = attempts + 1, message = $4,
                retry_at = now() + interval '1 millisecond'
                  * greatest($3::float8, least(${RETRY_MS.first} * 2 ^ least(attempts, 10), ${RETRY_MS.last}))
          WHERE id = $1 AND state = $2 RETURNING attempts`,
        [id, state, leastMs, message],
      ),
    );
    return rows[0]?.attempts;
  }

  /**
   * For how many seconds imports have made no progress; 0 while they do. Counts each import whose last attempt failed, and
   * the others only together: one import works at a time, and the others wait for it.
   */
  async stalledSeconds(): Promise<number> {
    const [row] = await guardDatabase(() =>
      this.dataSource.query<{ seconds: number }[]>(
        `SELECT greatest(0, max(idle) FILTER (WHERE attempts > 0), min(idle))::float8 AS seconds
           FROM (SELECT attempts, extract(epoch FROM now() - updated_at) AS idle
                   FROM user_imports WHERE state IN (${working})) AS imports`,
      ),
    );
    return row?.seconds ?? 0;
  }
}

/**
 * Locks an import until the transaction ends, if it is still in this state and has processed exactly the rows that the
 * caller knows of.
 * @throws ImportInterruptedError when an admin or another replica has changed it
 */
export async function lockStep(
  manager: EntityManager,
  { id, state, rowsDone }: Pick<UserImportEntity, 'id' | 'state' | 'rowsDone'>,
): Promise<void> {
  const rows = await manager.query<unknown[]>(
    'SELECT FROM user_imports WHERE id = $1 AND state = $2 AND rows_done = $3 FOR NO KEY UPDATE',
    [id, state, rowsDone],
  );
  if (rows.length === 0) throw new ImportInterruptedError();
}

/** Records that the step of a locked import has processed the rows up to `rowsDone`, with their counts by `kinds`. */
export async function advance(
  manager: EntityManager,
  { id, state }: Pick<UserImportEntity, 'id' | 'state'>,
  rowsDone: number,
  kinds: readonly string[],
): Promise<void> {
  const column = state === 'planning' ? 'plan' : state === 'applying' ? 'outcomes' : 'reversals';
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  await manager.query(
    `UPDATE user_imports SET rows_done = $2, updated_at = now(), attempts = 0, retry_at = NULL, message = NULL,
       ${column} = ${column} || (SELECT coalesce(jsonb_object_agg(key, coalesce((${column} ->> key)::int, 0) + value::int), '{}')
                                   FROM jsonb_each_text($3::jsonb))
      WHERE id = $1`,
    [id, rowsDone, JSON.stringify(counts)],
  );
}

/** An import as admins see it. */
export function presentImport(row: UserImportEntity): UserImport {
  const { approvedAt, state } = row;
  const isUndoable = approvedAt !== null && (state === 'applying' || state === 'done');
  return {
    id: row.id,
    state,
    format: row.format,
    message: row.message,
    bytes: row.bytes,
    rows: row.rowsTotal,
    rowsDone: row.rowsDone,
    plan: row.plan,
    outcomes: row.outcomes,
    reversals: row.reversals,
    requestedBy: row.requestedBy,
    requestedAt: row.requestedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    approvedAt: approvedAt?.toISOString() ?? null,
    undoableUntil: isUndoable ? new Date(approvedAt.getTime() + UNDO_MS).toISOString() : null,
  };
}
