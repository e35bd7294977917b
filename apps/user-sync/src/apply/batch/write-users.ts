import { latestTimeMs } from '@gatehouse/contracts';
import { type ClerkOwned, displayName } from '@gatehouse/lifecycle';
import { type Statement, write, writeRows } from '@gatehouse/persistence';
import { type MetadataRules, seedRoleOf } from '../../clerk-user/company-metadata';
import { endCollisions } from '../../write-back/metadata/record-collisions';
import { type AppliedRow } from './applied-events';
import { newReferralCode } from '../../user-rows/new-user';
import { type UserDraft } from '../draft/user-draft';

/** What is shown of a user that was deleted. */
const REDACTED_NAME = 'Deleted user';

/** Database columns of the content, with their types; the name to show is made of the others. */
const contentColumns: Readonly<Record<keyof ClerkOwned | 'fullName', readonly [name: string, type: string]>> = {
  email: ['email', 'text'],
  emailVerified: ['email_verified', 'boolean'],
  phoneNumber: ['phone_number', 'text'],
  phoneVerified: ['phone_verified', 'boolean'],
  firstName: ['first_name', 'text'],
  lastName: ['last_name', 'text'],
  fullName: ['full_name', 'text'],
  username: ['username', 'text'],
  profileImageUrl: ['profile_image_url', 'text'],
  clerkBanned: ['clerk_banned', 'boolean'],
  clerkDeprovisioned: ['clerk_deprovisioned', 'boolean'],
};
const contentNames = Object.values(contentColumns).map(([name]) => name);
const CONTENT_NAMES = contentNames.join(', ');

/** Columns as they travel inside the JSON parameter of a multi-row statement. */
const CONTENT = Object.values(contentColumns)
  .map((column) => column.join(' '))
  .join(', ');
const TOUCH = `id uuid, clerk_updated_at bigint, content_hash text, clerk_locked boolean,
  clerk_lockout_expires_at timestamptz, last_login_at timestamptz, last_logout_at timestamptz,
  last_active_at timestamptz`;

const SET_CONTENT = contentNames.map((name) => `${name} = new.${name}`).join(', ');
const SET_TOUCH = `clerk_updated_at = new.clerk_updated_at, content_hash = new.content_hash,
  clerk_locked = new.clerk_locked, clerk_lockout_expires_at = new.clerk_lockout_expires_at,
  last_login_at = greatest(u.last_login_at, new.last_login_at),
  last_logout_at = greatest(u.last_logout_at, new.last_logout_at),
  last_active_at = greatest(u.last_active_at, new.last_active_at)`;

/** By index, too: a join alone may read the whole table. */
const IS_NEW = 'u.id = ANY($2::uuid[]) AND u.id = new.id';

/**
 * Writes what a batch folded to, in statements of many rows: deletions first, so that an address given up and taken in
 * one batch is free when it is taken. Writes Clerk's columns and activity times alone, so that what a user or an admin
 * changes meanwhile stays.
 */
export function writeUsers(drafts: readonly UserDraft[], rules: MetadataRules): Statement[] {
  const deleted = drafts.filter(({ deletedBy }) => deletedBy !== undefined);
  const live = drafts.filter(({ deletedBy, existed }) => deletedBy === undefined && existed);
  const created = drafts.filter(({ existed, content }) => !existed && content !== undefined);
  return [
    ...redactUsers(idsOf(deleted.filter(({ existed, undoable }) => existed && !undoable))),
    ...hideUsers(deleted.filter(({ existed, undoable }) => existed && undoable)),
    ...updateContent(live.filter(({ content }) => content !== undefined)),
    ...touch(live.filter((draft) => draft.content === undefined && isTouched(draft))),
    ...insert(created, rules),
    ...redactUsers(idsOf(created.filter(({ deletedBy }) => deletedBy !== undefined))),
    ...bury(deleted),
  ];
}

function isTouched({ versionMoved, activityMoved, lockoutMoved }: UserDraft): boolean {
  return versionMoved || activityMoved || lockoutMoved;
}

function insert(drafts: readonly UserDraft[], rules: MetadataRules): Statement[] {
  return writeRows(
    'insert-users',
    `INSERT INTO users (id, clerk_user_id, auth_provider, is_synced, role, referral_code, clerk_updated_at, content_hash,
       ${CONTENT_NAMES}, clerk_locked, clerk_lockout_expires_at, last_login_at, last_logout_at, last_active_at)
     SELECT id, clerk_user_id, 'clerk', true, role, referral_code, clerk_updated_at, content_hash,
       ${CONTENT_NAMES}, clerk_locked, clerk_lockout_expires_at, last_login_at, last_logout_at, last_active_at
     FROM jsonb_to_recordset($1) AS new(${TOUCH}, ${CONTENT}, clerk_user_id text, role text, referral_code text)`,
    drafts.map((draft) => ({
      ...touchRow(draft),
      ...contentRow(draft),
      clerk_user_id: draft.clerkUserId,
      role: seedRoleOf(draft.createdFrom ?? {}, rules),
      referral_code: newReferralCode(),
    })),
  );
}

function updateContent(drafts: readonly UserDraft[]): Statement[] {
  if (drafts.length === 0) return [];
  const update = write(
    'update-users',
    `UPDATE users u SET ${SET_CONTENT}, is_synced = true, updated_at = now(), ${SET_TOUCH}
     FROM jsonb_to_recordset($1) AS new(${TOUCH}, ${CONTENT}) WHERE ${IS_NEW}`,
    [JSON.stringify(drafts.map((draft) => ({ ...touchRow(draft), ...contentRow(draft) }))), idsOf(drafts)],
  );
  return [update];
}

function touch(drafts: readonly UserDraft[]): Statement[] {
  if (drafts.length === 0) return [];
  const update = write(
    'touch-users',
    `UPDATE users u SET ${SET_TOUCH} FROM jsonb_to_recordset($1) AS new(${TOUCH}) WHERE ${IS_NEW}`,
    [JSON.stringify(drafts.map(touchRow)), idsOf(drafts)],
  );
  return [update];
}

/** Deletes users so that it can be undone: whatever is personal stays, unseen, until it is redacted. */
function hideUsers(drafts: readonly UserDraft[]): Statement[] {
  if (drafts.length === 0) return [];
  const ids = idsOf(drafts);
  return [
    write(
      'await-redactions',
      `INSERT INTO pending_redactions (user_id, clerk_user_id, source, was_active, redact_at)
       SELECT u.id, u.clerk_user_id, new.source, u.is_active, now() + interval '24 hours'
         FROM unnest($1::uuid[], $2::text[]) AS new(id, source) JOIN users u ON u.id = new.id
       ON CONFLICT DO NOTHING`,
      [ids, drafts.map(({ deletedBy }) => deletedBy)],
    ),
    write(
      'hide-users',
      'UPDATE users SET deleted_at = now(), updated_at = now(), is_active = false WHERE id = ANY($1::uuid[])',
      [ids],
    ),
  ];
}

/** Takes everything personal away from users, for ever. */
export function redactUsers(ids: readonly (string | null)[]): Statement[] {
  if (ids.length === 0) return [];
  const redact = write(
    'redact-users',
    `UPDATE users SET deleted_at = coalesce(deleted_at, now()), updated_at = now(), is_active = false, full_name = $2,
       email = NULL, email_verified = false, phone_number = NULL, phone_verified = false, hashed_password = NULL,
       first_name = NULL, last_name = NULL, username = NULL, owner_name = NULL, profile_image_url = NULL,
       content_hash = NULL, stripe_customer_id = NULL, bio = NULL, website = NULL, social_links = '{}',
       shop_name = NULL, city = NULL, state = NULL, pincode = NULL
     WHERE id = ANY($1::uuid[])`,
    [ids, REDACTED_NAME],
  );
  const forget = write('forget-write-backs', 'DELETE FROM write_backs WHERE user_id = ANY($1::uuid[])', [ids]);
  return [redact, forget, ...endCollisions(ids, true)];
}

/** A deletion that nobody had told of until now is told of: it cannot be undone any more, and its redaction is due. */
export function confirmDeletions(rows: readonly AppliedRow[]): Statement[] {
  const told = rows.filter(({ observation: { seen }, result }) => {
    return seen.kind === 'deletion' && seen.undoable !== true && result.decision === 'duplicate';
  });
  if (told.length === 0) return [];
  const confirm = write(
    'confirm-deletions',
    'UPDATE pending_redactions SET redact_at = now() WHERE clerk_user_id = ANY($1::text[])',
    [told.map(({ observation }) => observation.clerkUserId)],
  );
  return [confirm];
}

function bury(drafts: readonly UserDraft[]): Statement[] {
  return writeRows(
    'bury-users',
    `INSERT INTO clerk_tombstones (clerk_user_id, source_webhook_id)
     SELECT clerk_user_id, source FROM jsonb_to_recordset($1) AS new(clerk_user_id text, source text)
     ON CONFLICT DO NOTHING`,
    drafts.map(({ clerkUserId, deletedBy }) => ({ clerk_user_id: clerkUserId, source: deletedBy })),
  );
}

function idsOf(drafts: readonly UserDraft[]): (string | null)[] {
  return drafts.map(({ userId }) => userId);
}

function touchRow({ userId, version, contentHash, lockout, activity }: UserDraft): Record<string, unknown> {
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

function contentRow({ content, deletedBy }: UserDraft): Record<string, unknown> {
  if (content === undefined) return {};
  // Made and deleted in one batch: it never was anybody's rival.
  const columns = deletedBy === undefined ? content.columns : { ...content.columns, email: null, phoneNumber: null };
  const values: Record<keyof typeof contentColumns, unknown> = {
    ...columns,
    emailVerified: columns.emailVerified && columns.email !== null,
    phoneVerified: columns.phoneVerified && columns.phoneNumber !== null,
    fullName: displayName(columns),
  };
  return Object.fromEntries(
    Object.entries(contentColumns).map(([field, [name]]) => [name, values[field as keyof typeof contentColumns]]),
  );
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(Math.min(ms, latestTimeMs)).toISOString();
}
