import { type UserImportAction, type UserImportReversal } from '@gatehouse/contracts';
import { isTransactionConflict, isUniqueViolation, repeatOnConflict } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { redactImportedUsers } from '../../apply/batch/redact-imports';
import { guardDatabase } from '../../database/guard-database';
import { type FieldChanges } from '../../database/user-import-row.entity';
import { UserEntity } from '../../database/user.entity';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { removeLocalUsers } from '../../users/delete-user/remove-local-users';
import { type ValueChange, trustChangesOf, writeValues } from '../apply-rows/write-values';
import { type AuditedRow, auditRows } from '../audit-rows';
import { ImportMetrics } from '../import-metrics';
import { advance, lockStep } from '../import-store';
import { lockPeople } from '../lock-people';
import { type Step, processRows } from '../process-rows';
import { loadKnownUsers } from '../plan-rows/known-users';
import { type NewValues, knownUser } from '../plan-rows/user-fields';
import { decideReversal } from './decide-reversal';
import { loadLaterActs } from './later-acts';
import { usersInUse } from './users-in-use';

/** Rows per transaction. */
const BATCH = 200;

interface ChangedRow {
  readonly row: number;
  readonly user_id: string;
  readonly action: UserImportAction;
  /** Null when the user was erased since. */
  readonly changed: FieldChanges | null;
}

interface RevertedRow {
  readonly row: number;
  readonly reversal: UserImportReversal;
  readonly not_restored: readonly string[];
  readonly failure?: string;
}

/** Rows that one transaction has reverted. `lastChange`: number of its last trust change; null when there is none. */
interface RevertedBatch {
  readonly reverted: readonly RevertedRow[];
  readonly lastChange: number | null;
}

/** Reverts the changes of an import, many rows per transaction, where nobody has changed them since. */
@Injectable()
export class ImportUndoer {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(TrustChangeAnnouncer) private readonly announcer: Pick<TrustChangeAnnouncer, 'announce'>,
    private readonly metrics: ImportMetrics,
  ) {}

  /**
   * Reverts the next rows. Returns the number of the last one; null when none is left.
   * @throws ImportInterruptedError when another replica has changed the import
   */
  async undoNext(step: Step): Promise<number | null> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<ChangedRow[]>(
        `SELECT row, user_id, action, changed FROM user_import_rows
          WHERE import_id = $1 AND row > $2 AND outcome = 'applied' ORDER BY row LIMIT ${BATCH}`,
        [step.id, step.rowsDone],
      ),
    );
    if (rows.length === 0) return null;
    return processRows(step, rows, {
      process: (at, some) => this.undoRows(at, some),
      fail: (at, { row }, failure) => this.record(at, [{ row, reversal: 'left', not_restored: ['failed'], failure }]),
    });
  }

  private async undoRows(step: Step, rows: readonly ChangedRow[]): Promise<void> {
    const { lastChange, reverted } = await guardDatabase(() =>
      repeatOnConflict(
        () => this.dataSource.transaction((manager) => undoWithin(manager, step, rows)),
        (error) => isTransactionConflict(error) || isUniqueViolation(error),
      ),
    );
    this.count(reverted);
    if (lastChange !== null) void this.announcer.announce();
  }

  private async record(step: Step, reverted: readonly RevertedRow[]): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.transaction(async (manager) => {
        await lockStep(manager, step);
        await recordReversals(manager, step, reverted);
      }),
    );
    this.count(reverted);
  }

  private count(reverted: readonly RevertedRow[]): void {
    this.metrics.count(
      'undoing',
      reverted.map(({ reversal }) => reversal),
    );
  }
}

async function undoWithin(manager: EntityManager, step: Step, rows: readonly ChangedRow[]): Promise<RevertedBatch> {
  await lockStep(manager, step);
  const users = await lockUsers(manager, rows);
  const decide = await decider(manager, step, rows, users);
  const changes: ValueChange[] = [];
  const removed: string[] = [];
  const audited: AuditedRow[] = [];
  const reverted = rows.map((each): RevertedRow => {
    const { row, user_id: userId, changed } = each;
    const { reversal, notRestored, sets, isRemoved } = decide(each);
    const user = users.get(userId);
    if (isRemoved) removed.push(userId);
    else if (user !== undefined && Object.keys(sets).length > 0) changes.push({ user: knownUser(user), sets });
    if (reversal !== 'left') {
      const after = (changed?.after ?? {}) as NewValues;
      audited.push({
        action: isRemoved ? 'user.delete' : 'user_import.revert',
        userId,
        row,
        before: after,
        after: sets,
      });
    }
    return { row, reversal, not_restored: notRestored };
  });
  await writeValues(manager, changes);
  const deletions = await removeLocalUsers(manager, removed, redactImportedUsers);
  await auditRows(manager, step.id, 'user_import.undo', audited);
  await recordReversals(manager, step, reverted);
  const lastChange = await recordTrustChanges(manager, [...(await trustChangesOf(manager, changes)), ...deletions]);
  return { reverted, lastChange };
}

async function recordReversals(manager: EntityManager, step: Step, reverted: readonly RevertedRow[]): Promise<void> {
  await manager.query(
    `UPDATE user_import_rows AS r
        SET reversal = new.reversal, not_restored = new.not_restored, failure = new.failure, changed = NULL
       FROM jsonb_to_recordset($2) AS new(row integer, reversal text, not_restored text[], failure text)
      WHERE r.import_id = $1 AND r.row = ANY($3::int[]) AND r.row = new.row`,
    [step.id, JSON.stringify(reverted), reverted.map(({ row }) => row)],
  );
  await advance(
    manager,
    step,
    reverted.at(-1)?.row ?? step.rowsDone,
    reverted.map(({ reversal }) => reversal),
  );
}

/** Locks what an undo depends on. Returns the users by id. */
async function lockUsers(manager: EntityManager, rows: readonly ChangedRow[]): Promise<Map<string, UserEntity>> {
  const userIds = rows.map(({ user_id }) => user_id);
  await lockPeople(manager, { userIds, addresses: rows.map(({ changed }) => (changed?.before ?? {}) as NewValues) });
  const users = await manager.find(UserEntity, {
    where: { id: In(userIds) },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  return new Map(users.map((user) => [user.id, user]));
}

/** Loads what the decisions about rows depend on. */
async function decider(
  manager: EntityManager,
  { id }: Step,
  rows: readonly ChangedRow[],
  users: ReadonlyMap<string, UserEntity>,
): Promise<(row: ChangedRow) => ReturnType<typeof decideReversal>> {
  const former = rows.flatMap(({ changed }) =>
    changed === null ? [] : [{ content: contentOf(changed.before as NewValues), clerkUserId: null }],
  );
  const userIds = rows.map(({ user_id }) => user_id);
  const known = await loadKnownUsers(manager, former);
  const inUse = await usersInUse(manager, userIds);
  const acts = await loadLaterActs(manager, id, userIds);
  return ({ action, changed, user_id: userId }) =>
    decideReversal(
      {
        ...{ action, changed, user: users.get(userId), isInUse: inUse.has(userId) },
        acts: acts.get(userId) ?? { fields: new Set(), isUsed: false, isImported: false },
      },
      known,
    );
}

function contentOf({ externalId, email, phoneNumber, stripeCustomerId }: NewValues) {
  return {
    ...(externalId !== null && externalId !== undefined && { externalId }),
    ...(email !== null && email !== undefined && { email }),
    ...(phoneNumber !== null && phoneNumber !== undefined && { phoneNumber }),
    ...(stripeCustomerId !== null && stripeCustomerId !== undefined && { stripeCustomerId }),
  };
}
