import { type Statement, write, writeRows } from '@gatehouse/persistence';
import { seedRoleOf } from '../../clerk-user/company-metadata';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { newReferralCode } from '../../user-rows/referral-code';
import { type UserSyncConfig } from '../../config';
import { type Deletion, type DraftRow, type PendingWrite, type UserDraft } from '../draft/user-draft';
import { type AppliedRow } from './applied-events';
import { redactUsers } from './redact-users';
import {
  contentNames,
  contentTypes,
  contentValues,
  setContent,
  setState,
  stateNames,
  stateTypes,
  stateValues,
} from './user-columns';

/**
 * Join of `users` (`u`) with the new rows. The ids in `$2` make PostgreSQL use the primary key; `u.id = new.id` alone
 * could scan the whole table.
 */
const IS_NEW = 'u.id = ANY($2::uuid[]) AND u.id = new.id';

/** What a new row takes from the configuration. */
export type CreationRules = Pick<UserSyncConfig, 'metadata' | 'referralCodePrefix'>;

interface DeletedUser extends Deletion {
  readonly clerkUserId: string;
  readonly row: DraftRow | undefined;
}

/**
 * Writes the drafts of a batch, many rows per statement. Only writes Clerk-owned columns and state (version, hash,
 * lockout, activity times), so that concurrent changes by users and admins are kept. The order of the statements:
 *
 * 1. Redact deleted users, or hide them (see `hideUsers`). First: this frees their verified addresses for the users
 *    below.
 * 2. Update and insert users, in any order: `releaseAddresses` has freed the addresses that they exchange.
 * 3. Redact users that the batch both created and deleted. After 2, which inserts the row.
 * 4. Insert tombstones. This step could stand anywhere in the order.
 */
export function writeUsers(drafts: readonly UserDraft[], rules: CreationRules): Statement[] {
  const deleted = drafts.flatMap(({ clerkUserId, state }): DeletedUser[] => {
    if (state.kind !== 'tombstone' || state.deletion === undefined) return [];
    return [{ ...state.deletion, clerkUserId, row: state.row }];
  });
  const existing = deleted.filter(({ insert }) => insert === undefined);
  return [
    ...redactUsers(existing.flatMap(({ row, undoable }) => (row === undefined || undoable ? [] : [row.userId]))),
    ...hideUsers(existing.filter(({ undoable }) => undoable)),
    ...updateContent(pendingWrites(drafts, 'update')),
    ...updateState([...pendingWrites(drafts, 'version'), ...pendingWrites(drafts, 'times')]),
    ...insertUsers([...pendingWrites(drafts, 'insert'), ...deleted.flatMap(insertOfDeleted)], rules),
    ...redactUsers(
      deleted.flatMap(({ insert, row }) => (insert === undefined || row === undefined ? [] : [row.userId])),
    ),
    ...insertTombstones(deleted),
  ];
}

type WriteOf<Kind> = Extract<PendingWrite, { readonly kind: Kind }>;

interface RowWrite<Write> {
  readonly clerkUserId: string;
  readonly row: DraftRow;
  readonly write: Write;
}

function pendingWrites<Kind extends PendingWrite['kind']>(
  drafts: readonly UserDraft[],
  kind: Kind,
): RowWrite<WriteOf<Kind>>[] {
  return drafts.flatMap(({ clerkUserId, state }) =>
    state.kind === 'live' && state.write.kind === kind
      ? [{ clerkUserId, row: state.row, write: state.write as WriteOf<Kind> }]
      : [],
  );
}

/**
 * Insert of a user that the batch both creates and deletes. The row holds no addresses, so that it cannot block a live
 * user.
 */
function insertOfDeleted({ clerkUserId, row, insert }: DeletedUser): RowWrite<WriteOf<'insert'>>[] {
  if (row === undefined || insert === undefined) return [];
  const content: MappedUser = {
    ...insert.content,
    columns: { ...insert.content.columns, email: null, phoneNumber: null },
  };
  return [{ clerkUserId, row, write: { ...insert, content } }];
}

function insertUsers(
  inserts: readonly RowWrite<WriteOf<'insert'>>[],
  { metadata, referralCodePrefix }: CreationRules,
): Statement[] {
  return writeRows(
    'insert-users',
    `INSERT INTO users (id, clerk_user_id, auth_provider, is_synced, role, referral_code, ${stateNames}, ${contentNames})
     SELECT id, clerk_user_id, 'clerk', true, role, referral_code, ${stateNames}, ${contentNames}
     FROM jsonb_to_recordset($1) AS new(${stateTypes}, ${contentTypes}, clerk_user_id text, role text, referral_code text)`,
    inserts.map(({ clerkUserId, row, write: { content, createdFrom } }) => ({
      ...stateValues(row),
      ...contentValues(content.columns),
      clerk_user_id: clerkUserId,
      role: seedRoleOf(createdFrom, metadata),
      referral_code: newReferralCode(referralCodePrefix),
    })),
  );
}

function updateContent(updates: readonly RowWrite<WriteOf<'update'>>[]): Statement[] {
  if (updates.length === 0) return [];
  const rows = updates.map(({ row, write: { content } }) => ({
    ...stateValues(row),
    ...contentValues(content.columns),
  }));
  const update = write(
    'update-users',
    `UPDATE users u SET ${setContent}, is_synced = true, updated_at = now(), ${setState}
     FROM jsonb_to_recordset($1) AS new(${stateTypes}, ${contentTypes}) WHERE ${IS_NEW}`,
    [JSON.stringify(rows), updates.map(({ row }) => row.userId)],
  );
  return [update];
}

function updateState(updates: readonly { readonly row: DraftRow }[]): Statement[] {
  if (updates.length === 0) return [];
  const update = write(
    'update-user-states',
    `UPDATE users u SET ${setState} FROM jsonb_to_recordset($1) AS new(${stateTypes}) WHERE ${IS_NEW}`,
    [JSON.stringify(updates.map(({ row }) => stateValues(row))), updates.map(({ row }) => row.userId)],
  );
  return [update];
}

/**
 * Deletes users in a way that can be undone. Sets `deleted_at`, so that no query for live users finds them. Their
 * personal data stays in the row for a day and is then redacted.
 */
function hideUsers(deleted: readonly DeletedUser[]): Statement[] {
  const hidden = deleted.flatMap(({ row, because }) => (row === undefined ? [] : [{ id: row.userId, because }]));
  if (hidden.length === 0) return [];
  const ids = hidden.map(({ id }) => id);
  return [
    write(
      'await-redactions',
      `INSERT INTO pending_redactions (user_id, clerk_user_id, source, was_active, redact_at)
       SELECT u.id, u.clerk_user_id, new.source, u.is_active, now() + interval '24 hours'
         FROM unnest($1::uuid[], $2::text[]) AS new(id, source) JOIN users u ON u.id = new.id
       ON CONFLICT DO NOTHING`,
      [ids, hidden.map(({ because }) => because)],
    ),
    write(
      'hide-users',
      'UPDATE users SET deleted_at = now(), updated_at = now(), is_active = false WHERE id = ANY($1::uuid[])',
      [ids],
    ),
  ];
}

/** Makes an undoable deletion final once a webhook reports it: the redaction is then due at once. */
export function confirmDeletions(rows: readonly AppliedRow[]): Statement[] {
  const reported = rows.filter(({ observation: { seen }, result }) => {
    return seen.kind === 'deletion' && seen.undoable !== true && result.decision === 'duplicate';
  });
  if (reported.length === 0) return [];
  const confirm = write(
    'confirm-deletions',
    'UPDATE pending_redactions SET redact_at = now() WHERE clerk_user_id = ANY($1::text[])',
    [reported.map(({ observation }) => observation.clerkUserId)],
  );
  return [confirm];
}

function insertTombstones(deleted: readonly DeletedUser[]): Statement[] {
  return writeRows(
    'insert-tombstones',
    `INSERT INTO clerk_tombstones (clerk_user_id, source_webhook_id)
     SELECT clerk_user_id, source FROM jsonb_to_recordset($1) AS new(clerk_user_id text, source text)
     ON CONFLICT DO NOTHING`,
    deleted.map(({ clerkUserId, because }) => ({ clerk_user_id: clerkUserId, source: because })),
  );
}
