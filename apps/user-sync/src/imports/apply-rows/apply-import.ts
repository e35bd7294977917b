import { type UserImportOutcome, type ImportedUser } from '@gatehouse/contracts';
import { isTransactionConflict, isUniqueViolation, repeatOnConflict } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type UserSyncConfig } from '../../config';
import { guardDatabase } from '../../database/guard-database';
import { CONFIG } from '../../tokens';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { newReferralCode } from '../../user-rows/referral-code';
import { newUserId } from '../../user-rows/new-user';
import { type AuditedRow, auditRows } from '../audit-rows';
import { ImportMetrics } from '../import-metrics';
import { advance, lockStep } from '../import-store';
import { lockPeople } from '../lock-people';
import { type Step, processRows } from '../process-rows';
import { decideRow } from '../plan-rows/decide-row';
import { basisOf, valuesBefore } from '../plan-rows/decision-basis';
import { type KnownUsers, loadKnownUsers } from '../plan-rows/known-users';
import { type FieldValues, type NewValues } from '../plan-rows/user-fields';
import { type ValueChange, insertLocalUsers, trustChangesOf, writeValues } from './write-values';

/** Rows per transaction. */
const BATCH = 200;

/** A planned change, as it is stored. `content` is null when the user was erased since. */
interface PlannedRow {
  readonly row: number;
  readonly user_id: string | null;
  readonly clerk_user_id: string | null;
  readonly basis: string | null;
  readonly content: ImportedUser | null;
}

/** A row after its change was made or left out. */
interface AppliedRow {
  readonly row: number;
  readonly outcome: UserImportOutcome;
  readonly user_id: string | null;
  readonly changed: { readonly before: NewValues; readonly after: NewValues } | null;
  readonly failure?: string;
}

/** Rows that one transaction has applied. `lastChange`: number of its last trust change; null when there is none. */
interface AppliedBatch {
  readonly applied: readonly AppliedRow[];
  readonly lastChange: number | null;
}

/**
 * Applies the plan of an import, many rows per transaction. Decides about each row again, under locks: a row whose
 * decision is no longer the planned one is `stale` and changes nothing.
 */
@Injectable()
export class ImportApplier {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'referralCodePrefix'>,
    @Inject(TrustChangeAnnouncer) private readonly announcer: Pick<TrustChangeAnnouncer, 'announce'>,
    private readonly metrics: ImportMetrics,
  ) {}

  /**
   * Applies the next rows of the plan. Returns the number of the last one; null when none is left.
   * @throws ImportInterruptedError when an admin or another replica has changed the import
   */
  async applyNext(step: Step): Promise<number | null> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<PlannedRow[]>(
        `SELECT row, user_id, clerk_user_id, basis, content FROM user_import_rows
          WHERE import_id = $1 AND row > $2 AND action IN ('create', 'link', 'update') ORDER BY row LIMIT ${BATCH}`,
        [step.id, step.rowsDone],
      ),
    );
    if (rows.length === 0) return null;
    return processRows(step, rows, {
      process: (at, some) => this.applyRows(at, some),
      fail: (at, { row, user_id }, failure) =>
        this.record(at, [{ row, outcome: 'failed', user_id, changed: null, failure }]),
    });
  }

  private async applyRows(step: Step, rows: readonly PlannedRow[]): Promise<void> {
    const { lastChange, applied } = await guardDatabase(() =>
      repeatOnConflict(
        () => this.dataSource.transaction((manager) => this.applyWithin(manager, step, rows)),
        (error) => isTransactionConflict(error) || isUniqueViolation(error),
      ),
    );
    this.count(applied);
    if (lastChange !== null) void this.announcer.announce();
  }

  private async record(step: Step, applied: readonly AppliedRow[]): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        await lockStep(manager, step);
        await recordOutcomes(manager, step, applied);
      }),
    );
    this.count(applied);
  }

  private count(applied: readonly AppliedRow[]): void {
    this.metrics.count(
      'applying',
      applied.map(({ outcome }) => outcome),
    );
  }

  private async applyWithin(manager: EntityManager, step: Step, rows: readonly PlannedRow[]): Promise<AppliedBatch> {
    await lockStep(manager, step);
    const known = await lockKnownUsers(manager, rows);
    const kept = await lockKept(manager, step, rows);
    const created: { id: string; referralCode: string; values: FieldValues }[] = [];
    const changes: ValueChange[] = [];
    const applied = rows.map((row): AppliedRow => {
      const decision =
        row.content === null || !kept.has(row.row)
          ? null
          : decideRow({ content: row.content, clerkUserId: row.clerk_user_id }, known);
      if (decision === null || basisOf(decision) !== row.basis) {
        return { row: row.row, outcome: 'stale', user_id: row.user_id, changed: null };
      }
      const { user, sets } = decision;
      if (user === null) {
        const id = newUserId();
        const values = { ...newUserValues(), ...sets };
        known.add({ id, clerkUserId: null, isDeleted: false, values });
        created.push({ id, referralCode: newReferralCode(this.config.referralCodePrefix), values });
        return { row: row.row, outcome: 'applied', user_id: id, changed: { before: {}, after: values } };
      }
      // Rows of one transaction decide as if each had been applied before the next.
      known.add({ ...user, values: { ...user.values, ...sets } });
      changes.push({ user, sets });
      const changed = { before: valuesBefore(decision), after: sets };
      return { row: row.row, outcome: 'applied', user_id: user.id, changed };
    });
    await insertLocalUsers(manager, created);
    await writeValues(manager, changes);
    await auditRows(manager, step.id, 'user_import.approve', applied.flatMap(auditedRow));
    await recordOutcomes(manager, step, applied);
    return { applied, lastChange: await recordTrustChanges(manager, await trustChangesOf(manager, changes)) };
  }
}

/** Locks what the decisions about rows depend on, and loads it. */
async function lockKnownUsers(manager: EntityManager, rows: readonly PlannedRow[]): Promise<KnownUsers> {
  const toDecide = rows.flatMap(({ content, clerk_user_id: clerkUserId }) =>
    content === null ? [] : [{ content, clerkUserId }],
  );
  await lockPeople(manager, {
    userIds: rows.flatMap(({ user_id }) => user_id ?? []),
    clerkUserIds: toDecide.flatMap(({ content, clerkUserId }) => content.clerkUserId ?? clerkUserId ?? []),
    addresses: toDecide.map(({ content }) => content),
  });
  return loadKnownUsers(manager, toDecide, true);
}

/**
 * Locks rows, after the rows of users as an erasure does. Returns those whose content was not erased since it was read.
 */
async function lockKept(
  manager: EntityManager,
  { id }: Step,
  rows: readonly PlannedRow[],
): Promise<ReadonlySet<number>> {
  const kept = await manager.query<{ row: number }[]>(
    `SELECT row FROM user_import_rows WHERE import_id = $1 AND row = ANY($2::int[]) AND content IS NOT NULL
      ORDER BY row FOR UPDATE`,
    [id, rows.map(({ row }) => row)],
  );
  return new Set(kept.map(({ row }) => row));
}

function newUserValues(): FieldValues {
  return {
    ...{ externalId: null, email: null, emailVerified: false, phoneNumber: null, phoneVerified: false },
    ...{ firstName: null, lastName: null, username: null, role: 'user', tier: 'free', isActive: true },
    ...{ ownerName: null, shopName: null, city: null, state: null, pincode: null, stripeCustomerId: null },
    createdAt: new Date().toISOString(),
  };
}

function auditedRow({ row, user_id: userId, changed }: AppliedRow): AuditedRow[] {
  return userId === null || changed === null ? [] : [{ action: 'user_import.apply', userId, row, ...changed }];
}

async function recordOutcomes(manager: EntityManager, step: Step, applied: readonly AppliedRow[]): Promise<void> {
  await manager.query(
    `UPDATE user_import_rows AS r
        SET outcome = new.outcome, user_id = new.user_id, changed = new.changed, failure = new.failure, content = NULL
       FROM jsonb_to_recordset($2) AS new(row integer, outcome text, user_id uuid, changed jsonb, failure text)
      WHERE r.import_id = $1 AND r.row = ANY($3::int[]) AND r.row = new.row`,
    [step.id, JSON.stringify(applied), applied.map(({ row }) => row)],
  );
  await advance(
    manager,
    step,
    applied.at(-1)?.row ?? step.rowsDone,
    applied.map(({ outcome }) => outcome),
  );
}
