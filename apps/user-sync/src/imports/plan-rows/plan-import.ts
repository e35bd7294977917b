import { type ImportedUser, type UserImportAction } from '@gatehouse/contracts';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../../database/guard-database';
import { UserImportEntity } from '../../database/user-import.entity';
import { ImportUnreadableError } from '../../errors';
import { ImportMetrics } from '../import-metrics';
import { ImportStore, advance, lockStep, unhindered } from '../import-store';
import { type Step, processRows } from '../process-rows';
import { type ImportedRow } from '../read-file/imported-row';
import { readFile } from '../read-file/read-file';
import { type ClerkNames, ClerkNameFinder } from './clerk-names';
import { type RowDecision, conflict, decideRow, detailOf, reasons } from './decide-row';
import { basisOf } from './decision-basis';
import { loadKnownUsers } from './known-users';
import { claimKeys } from './row-keys';

/** Rows per transaction. */
const BATCH = 500;

type PlanningStep = Step & Pick<UserImportEntity, 'format'>;

/**
 * Plans an import: reads its file and decides about each row, without changing any user. Resumes after the last planned
 * row. Holds one batch of rows in memory.
 */
@Injectable()
export class ImportPlanner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ImportStore,
    private readonly atClerk: ClerkNameFinder,
    private readonly metrics: ImportMetrics,
  ) {}

  /**
   * Plans the rest of the rows. `goOn` is asked before each batch.
   * @throws ImportInterruptedError when `goOn` returns false, or an admin or another replica has changed the import
   */
  async plan(step: PlanningStep, goOn: () => Promise<void>): Promise<void> {
    let { rowsDone, attempts } = step;
    let batch: ImportedRow[] = [];
    const flush = async () => {
      if (batch.length === 0) return;
      await goOn();
      const whole = batch;
      let atClerk: ClerkNames | undefined;
      rowsDone = await processRows({ ...step, rowsDone, attempts }, whole, {
        process: async (at, rows) => {
          // Outside of the transaction: Clerk may take its time. Row by row only when Clerk refuses to answer for all.
          const names = atClerk ?? (await this.atClerk.find(rows.flatMap(({ content }) => content ?? [])));
          if (rows === whole) atClerk = names;
          await this.planRows(at, rows, names);
        },
        fail: (at, { row, line }, fault) => this.record(at, [{ ...rejected, row, line, errors: [faultOf(fault)] }]),
      });
      attempts = 0;
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

  private async planRows(step: Step, batch: readonly ImportedRow[], atClerk: ClerkNames): Promise<void> {
    const planned = await guardDatabase(() =>
      repeatOnConflict(() =>
        this.dataSource.transaction(async (manager) => {
          await lockStep(manager, step);
          const rows = await decideAll(manager, step.id, batch, atClerk);
          await insertRows(manager, step, rows);
          return rows;
        }),
      ),
    );
    this.count(planned);
  }

  private async record(step: Step, rows: readonly PlannedRow[]): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        await lockStep(manager, step);
        await insertRows(manager, step, rows);
      }),
    );
    this.count(rows);
  }

  private count(rows: readonly PlannedRow[]): void {
    this.metrics.count(
      'planning',
      rows.map(({ action }) => action),
    );
  }

  /**
   * Ends the step, and deletes the file in the same transaction: without it, the step could not be resumed. The keys stay
   * until the plan is applied, so that an erasure finds its rows.
   */
  private async end(step: Step, changes: Partial<UserImportEntity>): Promise<void> {
    const { id } = step;
    await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        await lockStep(manager, step);
        await manager.query('DELETE FROM user_import_chunks WHERE import_id = $1', [id]);
        await manager.update(UserImportEntity, { id }, { ...unhindered, ...changes, updatedAt: new Date() });
      }),
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
  atClerk: ClerkNames,
): Promise<PlannedRow[]> {
  const toDecide = batch.flatMap(({ row, content }) =>
    content === null ? [] : [{ row, content, ...namesOf(content, atClerk) }],
  );
  const known = await loadKnownUsers(manager, toDecide);
  const decided = new Map(toDecide.map((each) => [each.row, { ...each, decision: decideRow(each, known) }]));
  const keyed = [...decided.values()].map(({ row, content, decision }) => {
    return { row, content, userId: decision.user?.id ?? null, sets: decision.sets };
  });
  const claimed = await claimKeys(manager, importId, keyed);
  return batch.map(({ row, line, faults }): PlannedRow => {
    const found = decided.get(row);
    if (found === undefined) return { row, line, action: 'invalid', reason: 'fields', ...invalid, errors: faults };
    const taken = claimed.get(row);
    const decision = taken === undefined ? found.decision : conflict(taken, found.decision.user);
    return { row, line, errors: [], ...columnsOf(decision), ...(isChange(decision) && planOf(decision, found)) };
  });
}

function namesOf({ externalId = '' }: ImportedUser, { byExternalId, externalIds }: ClerkNames) {
  return { clerkUserId: byExternalId.get(externalId) ?? null, externalIds };
}

const invalid = { detail: reasons.fields, user_id: null, sets: [], leaves: [] };
const rejected = { ...invalid, action: 'invalid', reason: 'rejected', detail: reasons.rejected } as const;

function faultOf(message: string): { field: string; message: string } {
  return { field: 'row', message: `could not be planned: ${message}` };
}

function columnsOf({ action, reason, user, sets, leaves }: RowDecision) {
  return {
    ...{ action, reason, detail: detailOf({ reason, sets }), user_id: user?.id ?? null },
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

async function insertRows(manager: EntityManager, step: Step, rows: readonly PlannedRow[]): Promise<void> {
  await manager.query(INSERT, [step.id, JSON.stringify(rows)]);
  await advance(
    manager,
    step,
    rows.at(-1)?.row ?? step.rowsDone,
    rows.map(({ action }) => action),
  );
}

const INSERT = `
  INSERT INTO user_import_rows (import_id, row, line, action, reason, detail, errors, user_id, clerk_user_id, content, sets,
    leaves, basis)
  SELECT $1, row, line, action, reason, detail, errors, user_id, clerk_user_id, content, sets, leaves,
         basis
    FROM jsonb_to_recordset($2) AS new(row integer, line integer, action text, reason text, detail text, errors jsonb,
      user_id uuid, clerk_user_id text, content jsonb, sets text[], leaves text[], basis text)`;
