import { type UserImportReversal } from '@gatehouse/contracts';
import { isTransactionConflict, isUniqueViolation, repeatOnConflict, runStatements } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { addressesOf, lockAddresses } from '../../apply/addresses/address';
import { redactUsers } from '../../apply/batch/redact-users';
import { guardDatabase } from '../../database/guard-database';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { type FieldChanges } from '../../database/user-import-row.entity';
import { type UserImportEntity } from '../../database/user-import.entity';
import { UserEntity } from '../../database/user.entity';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { revokeCredentials } from '../../trust-changes/revoke-credentials';
import { type NewTrustChange, recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { type ValueChange, trustChangesOf, writeValues } from '../apply-rows/write-values';
import { ImportMetrics } from '../import-metrics';
import { advance, lockStep } from '../import-store';
import { loadKnownUsers } from '../plan-rows/known-users';
import { type NewValues, knownUser } from '../plan-rows/user-fields';
import { restorable } from './restorable-fields';

/** Rows per transaction. */
const BATCH = 200;

type Step = Pick<UserImportEntity, 'id' | 'state' | 'rowsDone'>;

interface ChangedRow {
  readonly row: number;
  readonly user_id: string;
  readonly action: string;
  /** Null when the user was erased since. */
  readonly changed: FieldChanges | null;
}

interface RevertedRow {
  readonly row: number;
  readonly reversal: UserImportReversal;
  readonly not_restored: readonly string[];
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
    const last = rows.at(-1);
    if (last === undefined) return null;
    const { lastChange, reverted } = await guardDatabase(() =>
      repeatOnConflict(
        () => this.dataSource.transaction((manager) => undoWithin(manager, step, rows)),
        (error) => isTransactionConflict(error) || isUniqueViolation(error),
      ),
    );
    this.metrics.count(
      'undoing',
      reverted.map(({ reversal }) => reversal),
    );
    if (lastChange !== null) void this.announcer.announce();
    return last.row;
  }
}

async function undoWithin(manager: EntityManager, step: Step, rows: readonly ChangedRow[]): Promise<RevertedBatch> {
  await lockStep(manager, step);
  const users = await lockUsers(manager, rows);
  const known = await loadKnownUsers(
    manager,
    rows.flatMap(({ changed }) =>
      changed === null ? [] : [{ content: contentOf(changed.before as NewValues), clerkUserId: null }],
    ),
  );
  const used = await usersInUse(manager, rows);
  const changes: ValueChange[] = [];
  const removed: string[] = [];
  const reverted = rows.map(({ row, action, user_id: userId, changed }): RevertedRow => {
    const user = users.get(userId);
    const left = (reason: string): RevertedRow => ({ row, reversal: 'left', not_restored: [reason] });
    if (user === undefined || user.deletedAt !== null || changed === null) return left('deleted');
    const { sets, notRestored } = restorable(knownUser(user), changed, known);
    if (action !== 'create') {
      const isAnything = Object.keys(sets).length > 0;
      if (isAnything) changes.push({ user: knownUser(user), sets });
      const reversal = notRestored.length === 0 ? 'restored' : isAnything ? 'partial' : 'left';
      return { row, reversal, not_restored: notRestored };
    }
    if (user.clerkUserId !== null) return left('adopted');
    if (used.has(userId)) return left('in_use');
    if (notRestored.length > 0) return { row, reversal: 'left', not_restored: notRestored };
    removed.push(userId);
    return { row, reversal: 'restored', not_restored: [] };
  });
  await writeValues(manager, changes);
  await runStatements(manager, redactUsers(removed));
  await revokeCredentials(manager, removed);
  await manager.query(RECORD, [step.id, JSON.stringify(reverted), reverted.map(({ row }) => row)]);
  await advance(
    manager,
    step,
    reverted.at(-1)?.row ?? step.rowsDone,
    reverted.map(({ reversal }) => reversal),
  );
  const deletions = removed.map((userId): NewTrustChange => {
    return { kind: 'user', userId, clerkUserId: null, reason: 'deleted' };
  });
  const lastChange = await recordTrustChanges(manager, [...(await trustChangesOf(manager, changes)), ...deletions]);
  return { reverted, lastChange };
}

const RECORD = `
  UPDATE user_import_rows AS r SET reversal = new.reversal, not_restored = new.not_restored, changed = NULL
    FROM jsonb_to_recordset($2) AS new(row integer, reversal text, not_restored text[])
   WHERE r.import_id = $1 AND r.row = ANY($3::int[]) AND r.row = new.row`;

/** Locks what an undo depends on, in the order of every transaction that writes addresses. */
async function lockUsers(manager: EntityManager, rows: readonly ChangedRow[]): Promise<Map<string, UserEntity>> {
  const ids = rows.map(({ user_id }) => user_id);
  const clerk = await manager.query<{ clerk_user_id: string }[]>(
    'SELECT clerk_user_id FROM users WHERE id = ANY($1::uuid[]) AND clerk_user_id IS NOT NULL',
    [ids],
  );
  const addresses = rows.flatMap(({ changed }) => {
    const { email = null, phoneNumber = null } = (changed?.before ?? {}) as NewValues;
    return addressesOf({ email, emailVerified: true, phoneNumber, phoneVerified: true });
  });
  await runStatements(manager, [
    lockClerkUsers(clerk.map(({ clerk_user_id }) => clerk_user_id)),
    lockAddresses(addresses),
  ]);
  const users = await manager.find(UserEntity, {
    where: { id: In(ids) },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  return new Map(users.map((user) => [user.id, user]));
}

/** Ids of users who have logged in, have a password or hold an API key: somebody uses them. */
async function usersInUse(manager: EntityManager, rows: readonly ChangedRow[]): Promise<ReadonlySet<string>> {
  const found = await manager.query<{ id: string }[]>(
    `SELECT id FROM users AS u WHERE id = ANY($1::uuid[]) AND (last_login_at IS NOT NULL OR hashed_password IS NOT NULL
        OR EXISTS (SELECT FROM api_keys WHERE user_id = u.id) OR EXISTS (SELECT FROM legacy_sessions WHERE user_id = u.id))`,
    [rows.map(({ user_id }) => user_id)],
  );
  return new Set(found.map(({ id }) => id));
}

function contentOf({ externalId, email, phoneNumber, stripeCustomerId }: NewValues) {
  return {
    ...(externalId !== null && externalId !== undefined && { externalId }),
    ...(email !== null && email !== undefined && { email }),
    ...(phoneNumber !== null && phoneNumber !== undefined && { phoneNumber }),
    ...(stripeCustomerId !== null && stripeCustomerId !== undefined && { stripeCustomerId }),
  };
}
