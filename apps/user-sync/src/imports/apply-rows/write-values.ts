import { displayName } from '@gatehouse/lifecycle';
import { runStatements } from '@gatehouse/persistence';
import { type TrustChangeReason } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { type NewTrustChange } from '../../trust-changes/record-trust-changes';
import { queueWriteBacks } from '../../write-back/queue/queue-write-backs';
import {
  type FieldValues,
  type KnownUser,
  type NewValues,
  fieldColumns,
  settableFields,
} from '../plan-rows/user-fields';

/** New values of a stored user whose row is locked. */
export interface ValueChange {
  readonly user: KnownUser;
  readonly sets: NewValues;
}

const columns = settableFields.map((field) => fieldColumns[field]);
/** Definitions for `jsonb_to_recordset`. */
const types = columns.map(([column, type]) => `${column} ${type}`).join(', ');
const names = columns.map(([column]) => column).join(', ');
const assignments = columns.map(([column]) => `${column} = new.${column}`).join(', ');

/**
 * Writes new values of users, many rows in one statement, and queues the write-backs of changed roles. The rows are
 * locked, so writing unchanged values too overwrites nothing.
 */
export async function writeValues(manager: EntityManager, changes: readonly ValueChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ user, sets }) => ({ id: user.id, ...rowOf({ ...user.values, ...sets }) }));
  // `full_name` of a Clerk user follows Clerk's names, which no import changes.
  await manager.query(
    `UPDATE users AS u SET ${assignments}, updated_at = now(),
            full_name = CASE WHEN u.clerk_user_id IS NULL THEN new.full_name ELSE u.full_name END
       FROM jsonb_to_recordset($1) AS new(id uuid, full_name text, ${types}) WHERE u.id = ANY($2::uuid[]) AND u.id = new.id`,
    [JSON.stringify(rows), rows.map(({ id }) => id)],
  );
  const roles = changes.filter(({ user, sets }) => user.clerkUserId !== null && sets.role !== undefined);
  await runStatements(
    manager,
    queueWriteBacks(
      roles.map(({ user }) => ({ userId: user.id, reason: 'role' })),
      true,
    ),
  );
}

/** Inserts local users. */
export async function insertLocalUsers(
  manager: EntityManager,
  users: readonly { readonly id: string; readonly referralCode: string; readonly values: FieldValues }[],
): Promise<void> {
  if (users.length === 0) return;
  await manager.query(
    `INSERT INTO users (id, auth_provider, referral_code, full_name, ${names})
     SELECT id, 'local', referral_code, full_name, ${names}
       FROM jsonb_to_recordset($1) AS new(id uuid, referral_code text, full_name text, ${types})`,
    [
      JSON.stringify(
        users.map(({ id, referralCode, values }) => ({ id, referral_code: referralCode, ...rowOf(values) })),
      ),
    ],
  );
}

function rowOf(values: FieldValues): Record<string, unknown> {
  const row: Record<string, unknown> = { full_name: displayName(values) };
  for (const field of settableFields) row[fieldColumns[field][0]] = values[field];
  return row;
}

/**
 * The trust changes of new values, for `recordTrustChanges`. Closes the sessions of deactivated users. Call it after
 * everything else in the transaction.
 */
export async function trustChangesOf(
  manager: EntityManager,
  changes: readonly ValueChange[],
): Promise<NewTrustChange[]> {
  const deactivated = changes.filter(({ sets }) => sets.isActive === false).map(({ user }) => user.id);
  const sessions = await closeLegacySessions(manager, { userIds: deactivated }, 'deactivated');
  const users = changes.flatMap(({ user, sets }): NewTrustChange[] => {
    const reason = reasonOf(sets);
    return reason === undefined ? [] : [{ kind: 'user', userId: user.id, clerkUserId: user.clerkUserId, reason }];
  });
  return [...sessions, ...users];
}

/** One trust change of a user covers its role, tier and activity. */
function reasonOf({ isActive, role, tier }: NewValues): TrustChangeReason | undefined {
  if (isActive !== undefined) return isActive ? 'activated' : 'deactivated';
  if (role !== undefined) return 'role';
  return tier === undefined ? undefined : 'tier';
}
