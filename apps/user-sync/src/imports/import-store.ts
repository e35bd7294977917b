import { type UserImport, type UserImportState, userImportUndoDays } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../database/guard-database';
import { UserImportEntity } from '../database/user-import.entity';
import { ImportInterruptedError } from '../errors';

/** States in which a worker has something to do. */
const workingStates = ['planning', 'applying', 'undoing'] as const satisfies readonly UserImportState[];

const UNDO_MS = userImportUndoDays * 86_400_000;

/** Imports of users in the database. */
@Injectable()
export class ImportStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The import that has waited longest for a worker; null when there is none. Planning comes last: it may wait for Clerk,
   * and nobody waits for it as for an undo.
   */
  async next(): Promise<UserImportEntity | null> {
    return guardDatabase(async () => {
      const [row] = await this.dataSource.query<{ id: string }[]>(
        `SELECT id FROM user_imports WHERE state IN (${workingStates.map((state) => `'${state}'`).join(', ')})
          ORDER BY state = 'planning', updated_at LIMIT 1`,
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
      this.dataSource.manager.update(UserImportEntity, { id, state: from }, { ...changes, updatedAt: new Date() }),
    );
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
    `UPDATE user_imports SET rows_done = $2, updated_at = now(),
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
