import { latestTimeMs } from '@gatehouse/contracts';
import { type ClerkOwned, clerkOwnedColumns, clerkOwnedFields, displayName } from '@gatehouse/lifecycle';
import { type DraftRow } from '../draft/user-draft';

/*
 * SQL fragments for the columns of `users` that an observation writes. Rows travel to PostgreSQL as one JSON array.
 * `jsonb_to_recordset` turns the array into a table named `new`.
 *
 * - Content: the columns of `clerkOwnedColumns`, and `full_name`, which is computed from them.
 * - State: version, hash, lockout and activity times.
 */

const content = [...clerkOwnedFields.map((field) => clerkOwnedColumns[field]), { column: 'full_name', type: 'text' }];

/** Names of the content columns. */
export const contentNames = content.map(({ column }) => column).join(', ');
/** Definitions of the content columns for `jsonb_to_recordset`. */
export const contentTypes = content.map(({ column, type }) => `${column} ${type}`).join(', ');
/** Assignments of the content columns. */
export const setContent = content.map(({ column }) => `${column} = new.${column}`).join(', ');

/** Names of the state columns. */
export const stateNames =
  'clerk_updated_at, content_hash, clerk_locked, clerk_lockout_expires_at, last_login_at, last_logout_at, last_active_at';
/** Definitions of the user's id and the state columns for `jsonb_to_recordset`. */
export const stateTypes = `id uuid, clerk_updated_at bigint, content_hash text, clerk_locked boolean,
  clerk_lockout_expires_at timestamptz, last_login_at timestamptz, last_logout_at timestamptz,
  last_active_at timestamptz`;
/** Assignments of the state columns in the row `u`. An activity time is only replaced by a later one. */
export const setState = `clerk_updated_at = new.clerk_updated_at, content_hash = new.content_hash,
  clerk_locked = new.clerk_locked, clerk_lockout_expires_at = new.clerk_lockout_expires_at,
  last_login_at = greatest(u.last_login_at, new.last_login_at),
  last_logout_at = greatest(u.last_logout_at, new.last_logout_at),
  last_active_at = greatest(u.last_active_at, new.last_active_at)`;

/** Values of the content columns. An address that is NULL is not verified. */
export function contentValues(columns: ClerkOwned): Record<string, unknown> {
  const values: ClerkOwned = {
    ...columns,
    emailVerified: columns.emailVerified && columns.email !== null,
    phoneVerified: columns.phoneVerified && columns.phoneNumber !== null,
  };
  const row: Record<string, unknown> = { full_name: displayName(columns) };
  for (const field of clerkOwnedFields) row[clerkOwnedColumns[field].column] = values[field];
  return row;
}

/** Values of the user's id and the state columns. */
export function stateValues({ userId, version, contentHash, lockout, activity }: DraftRow): Record<string, unknown> {
  return {
    id: userId,
    clerk_updated_at: version,
    content_hash: contentHash,
    clerk_locked: lockout.locked,
    clerk_lockout_expires_at: isoTime(lockout.expiresAt),
    last_login_at: isoTime(activity.lastLoginAt),
    last_logout_at: isoTime(activity.lastLogoutAt),
    last_active_at: isoTime(activity.lastActiveAt),
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(Math.min(ms, latestTimeMs)).toISOString();
}
