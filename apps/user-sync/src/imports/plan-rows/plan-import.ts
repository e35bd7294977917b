import { type UserImportAction } from '@gatehouse/contracts';
import { deleteRows, repeatOnConflict, transactionOf } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../../database/guard-database';
import { UserImportEntity } from '../../database/user-import.entity';
import { ImportUnreadableError } from '../../errors';
import { ImportMetrics } from '../import-metrics';
import { ImportStore, advance, lockStep } from '../import-store';
import { type ImportedRow } from '../read-file/imported-row';
import { readFile } from '../read-file/read-file';
import { type RowDecision, conflict, decideRow, reasons } from './decide-row';
import { basisOf } from './decision-basis';
import { ExternalIdsAtClerk } from './external-ids-at-clerk';
import { loadKnownUsers } from './known-users';
import { claimKeys } from './row-keys';

/** Rows per transaction. */
const BATCH = 500;
const MAX_DELETED = 20_000;

type Step = Pick<UserImportEntity, 'id' | 'state' | 'format' | 'rowsDone'>;

/**
 * Plans an import: reads its file and decides about each row, without changing any user. Resumes after the last planned
 * row. Holds one batch of rows in memory.
 */
@Injectable()
export class ImportPlanner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ImportStore,
    private readonly atClerk: ExternalIdsAtClerk,
    private readonly metrics: ImportMetrics,
  ) {}

  /**
   * Plans the rest of the rows. `goOn` is asked before each batch.
   * @throws ImportInterruptedError when `goOn` returns false, or an admin or another replica has changed the import
   */
  async plan(step: Step, goOn: () => Promise<void>): Promise<void> {
    let { rowsDone } = step;
    let batch: ImportedRow[] = [];
    const flush = async () => {
      if (batch.length === 0) return;
      await goOn();
      await this.planBatch({ ...step, rowsDone }, batch);
      rowsDone = batch.at(-1)?.row ?? rowsDone;
      batch = [];
    };
    try {
      for await (const row of readFile(this.store.chunks(step.id), step.format, Date.now())) {
        if (row.row <= rowsDone) continue;
        batch.push(row);
        if (batch.length === BATCH) await flush();
      }
      await flush();
    } catch (error) {
      if (!(error instanceof ImportUnreadableError)) throw error;
      await this.end({ ...step, rowsDone }, { state: 'failed', message: error.message });
      return;
    }
    await this.end({ ...step, rowsDone }, { state: 'needs_approval', rowsTotal: rowsDone, message: null });
  }

  private async planBatch(step: Step, batch: readonly ImportedRow[]): Promise<void> {
    // Outside of the transaction: Clerk may take its time.
    const atClerk = await this.atClerk.find(batch.flatMap(({ content }) => content ?? []));
    const planned = await guardDatabase(() =>
      repeatOnConflict(() =>
        this.dataSource.transaction(async (manager) => {
          await lockStep(manager, step);
          const rows = await decideAll(manager, step.id, batch, atClerk);
          await manager.query(INSERT, [step.id, JSON.stringify(rows)]);
          await advance(
            manager,
            step,
            batch.at(-1)?.row ?? step.rowsDone,
            rows.map(({ action }) => action),
          );
          return rows;
        }),
      ),
    );
    this.metrics.count(
      'planning',
      planned.map(({ action }) => action),
    );
  }

  /**
   * Ends the step, and deletes what is no longer needed: the keys, many statements long, and then the file, in the
   * transaction that ends the step. Without the file the step could not be resumed.
   */
  private async end(step: Step, changes: Partial<UserImportEntity>): Promise<void> {
    const { id } = step;
    while ((await guardDatabase(() => this.deleteKeys(id))) > 0);
    await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        await lockStep(manager, step);
        await manager.query('DELETE FROM user_import_chunks WHERE import_id = $1', [id]);
        await manager.update(UserImportEntity, { id }, { ...changes, updatedAt: new Date() });
      }),
    );
  }

  private deleteKeys(id: string): Promise<number> {
    return this.dataSource.transaction((manager) =>
      deleteRows(
        transactionOf(manager),
        `DELETE FROM user_import_keys WHERE (import_id, key) IN (
           SELECT import_id, key FROM user_import_keys WHERE import_id = $1 LIMIT ${MAX_DELETED})`,
        [id],
      ),
    );
  }
}

/** A planned row, by column of `user_import_rows`. */
interface PlannedRow {
  readonly row: number;
  readonly line: number;
  readonly action: UserImportAction;
  readonly [column: string]: unknown;
}

async function decideAll(
  manager: EntityManager,
  importId: string,
  batch: readonly ImportedRow[],
  atClerk: ReadonlyMap<string, string>,
): Promise<PlannedRow[]> {
  const toDecide = batch.flatMap(({ row, content }) =>
    content === null ? [] : [{ row, content, clerkUserId: atClerk.get(content.externalId ?? '') ?? null }],
  );
  const known = await loadKnownUsers(manager, toDecide);
  const decided = new Map(toDecide.map((each) => [each.row, { ...each, decision: decideRow(each, known) }]));
  const keyed = [...decided.values()].map(({ row, content, decision }) => {
    return { row, content, userId: decision.user?.id ?? null };
  });
  const repeated = await claimKeys(manager, importId, keyed);
  return batch.map(({ row, line, faults }): PlannedRow => {
    const found = decided.get(row);
    if (found === undefined) return { row, line, action: 'invalid', reason: 'fields', ...invalid, errors: faults };
    const decision = repeated.has(row) ? conflict('repeated', found.decision.user) : found.decision;
    return { row, line, errors: [], ...columnsOf(decision), ...(isChange(decision) && planOf(decision, found)) };
  });
}

const invalid = { detail: reasons.fields, user_id: null, sets: [], leaves: [] };

function columnsOf({ action, reason, user, sets, leaves }: RowDecision) {
  return {
    ...{ action, reason, detail: reasons[reason], user_id: user?.id ?? null },
    sets: Object.keys(sets),
    leaves: [...leaves],
  };
}

function isChange({ action }: RowDecision): boolean {
  return action === 'create' || action === 'link' || action === 'update';
}

function planOf(decision: RowDecision, { content, clerkUserId }: { content: unknown; clerkUserId: string | null }) {
  return { content, clerk_user_id: clerkUserId, basis: basisOf(decision) };
}

const INSERT = `
  INSERT INTO user_import_rows (import_id, row, line, action, reason, detail, errors, user_id, clerk_user_id, content, sets,
    leaves, basis)
  SELECT $1, row, line, action, reason, detail, errors, user_id, clerk_user_id, content, sets, leaves,
         basis
    FROM jsonb_to_recordset($2) AS new(row integer, line integer, action text, reason text, detail text, errors jsonb,
      user_id uuid, clerk_user_id text, content jsonb, sets text[], leaves text[], basis text)`;
