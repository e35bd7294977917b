import { displayName } from '@gatehouse/lifecycle';
import { type EntityManager } from 'typeorm';
import { type AppliedRow } from './applied-events';
import { newReferralCode } from './new-user';
import { type UserDraft } from './user-draft';

/** What is shown of a user that was deleted. */
const REDACTED_NAME = 'Deleted user';

/** The end of year 9999: what PostgreSQL and ISO 8601 both write in the ordinary way. */
const LATEST_MS = 253_402_300_799_999;

/** Columns as they travel inside the JSON parameter of a multi-row statement. */
const CONTENT = `email text, email_verified boolean, phone_number text, phone_verified boolean, first_name text,
  last_name text, full_name text, username text, profile_image_url text, clerk_banned boolean, clerk_locked boolean,
  content_hash text`;
const TOUCH = `id uuid, clerk_updated_at bigint, last_login_at timestamptz, last_logout_at timestamptz,
  last_active_at timestamptz`;

const SET_TOUCH = `clerk_updated_at = new.clerk_updated_at,
  last_login_at = greatest(u.last_login_at, new.last_login_at),
  last_logout_at = greatest(u.last_logout_at, new.last_logout_at),
  last_active_at = greatest(u.last_active_at, new.last_active_at)`;

/**
 * Writes what a batch folded to, in statements of many rows: deletions first, so that an address given up and taken in
 * one batch is free when it is taken. Touches Clerk's columns and activity times alone, so that what a user or an admin
 * changes meanwhile stays.
 */
export async function writeUsers(manager: EntityManager, drafts: readonly UserDraft[]): Promise<void> {
  const deleted = drafts.filter(({ deletedBy }) => deletedBy !== undefined);
  const live = drafts.filter(({ deletedBy }) => deletedBy === undefined);
  await redactUsers(
    manager,
    deleted.filter(({ existed, undoable }) => existed && !undoable).map(({ userId }) => userId),
  );
  await hideUsers(
    manager,
    deleted.filter(({ existed, undoable }) => existed && undoable),
  );
  await updateContent(
    manager,
    live.filter((draft) => draft.existed && draft.content !== undefined),
  );
  await touch(
    manager,
    live.filter((draft) => draft.existed && !draft.content && (draft.versionMoved || draft.activityMoved)),
  );
  const created = drafts.filter(({ existed, content }) => !existed && content !== undefined);
  await insert(manager, created);
  await redactUsers(
    manager,
    created.filter(({ deletedBy }) => deletedBy !== undefined).map(({ userId }) => userId),
  );
  await bury(manager, deleted);
}

async function insert(manager: EntityManager, drafts: readonly UserDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await manager.query(
    `INSERT INTO users (id, clerk_user_id, auth_provider, is_synced, role, referral_code, clerk_updated_at, content_hash,
       email, email_verified, phone_number, phone_verified, first_name, last_name, full_name, username,
       profile_image_url, clerk_banned, clerk_locked, last_login_at, last_logout_at, last_active_at)
     SELECT id, clerk_user_id, 'clerk', true, role, referral_code, clerk_updated_at, content_hash,
       email, email_verified, phone_number, phone_verified, first_name, last_name, full_name, username,
       profile_image_url, clerk_banned, clerk_locked, last_login_at, last_logout_at, last_active_at
     FROM jsonb_to_recordset($1) AS new(${TOUCH}, ${CONTENT}, clerk_user_id text, role text, referral_code text)`,
    [
      JSON.stringify(
        drafts.map((draft) => ({
          ...touchRow(draft),
          ...contentRow(draft),
          clerk_user_id: draft.clerkUserId,
          role: draft.content?.seedRole,
          referral_code: newReferralCode(),
        })),
      ),
    ],
  );
}

async function updateContent(manager: EntityManager, drafts: readonly UserDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await manager.query(
    `UPDATE users u SET email = new.email, email_verified = new.email_verified, phone_number = new.phone_number,
       phone_verified = new.phone_verified, first_name = new.first_name, last_name = new.last_name,
       full_name = new.full_name, username = new.username, profile_image_url = new.profile_image_url,
       clerk_banned = new.clerk_banned, clerk_locked = new.clerk_locked, content_hash = new.content_hash,
       is_synced = true, updated_at = now(), ${SET_TOUCH}
     FROM jsonb_to_recordset($1) AS new(${TOUCH}, ${CONTENT}) WHERE u.id = new.id`,
    [JSON.stringify(drafts.map((draft) => ({ ...touchRow(draft), ...contentRow(draft) })))],
  );
}

async function touch(manager: EntityManager, drafts: readonly UserDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await manager.query(
    `UPDATE users u SET ${SET_TOUCH} FROM jsonb_to_recordset($1) AS new(${TOUCH}) WHERE u.id = new.id`,
    [JSON.stringify(drafts.map(touchRow))],
  );
}

/** Deletes users so that it can be undone: whatever is personal stays, unseen, until it is redacted. */
async function hideUsers(manager: EntityManager, drafts: readonly UserDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await manager.query(
    `INSERT INTO pending_redactions (user_id, clerk_user_id, source, was_active, redact_at)
     SELECT u.id, u.clerk_user_id, new.source, u.is_active, now() + interval '24 hours'
       FROM unnest($1::uuid[], $2::text[]) AS new(id, source) JOIN users u ON u.id = new.id
     ON CONFLICT DO NOTHING`,
    [drafts.map(({ userId }) => userId), drafts.map(({ deletedBy }) => deletedBy)],
  );
  await manager.query(
    'UPDATE users SET deleted_at = now(), updated_at = now(), is_active = false WHERE id = ANY($1::uuid[])',
    [drafts.map(({ userId }) => userId)],
  );
}

/** Takes everything personal away from users, for ever. */
export async function redactUsers(manager: EntityManager, ids: readonly (string | null)[]): Promise<void> {
  if (ids.length === 0) return;
  await manager.query(
    `UPDATE users SET deleted_at = coalesce(deleted_at, now()), updated_at = now(), is_active = false, full_name = $2,
       email = NULL, email_verified = false, phone_number = NULL, phone_verified = false, hashed_password = NULL,
       first_name = NULL, last_name = NULL, username = NULL, owner_name = NULL, profile_image_url = NULL,
       content_hash = NULL, stripe_customer_id = NULL, bio = NULL, website = NULL, social_links = '{}',
       shop_name = NULL, city = NULL, state = NULL, pincode = NULL
     WHERE id = ANY($1::uuid[])`,
    [[...ids], REDACTED_NAME],
  );
}

/** A deletion that nobody had told of until now is told of: it cannot be undone any more, and its redaction is due. */
export async function confirmDeletions(manager: EntityManager, rows: readonly AppliedRow[]): Promise<void> {
  const told = rows.filter(({ change: { seen }, result }) => {
    return seen.kind === 'deletion' && seen.undoable !== true && result.decision === 'duplicate';
  });
  if (told.length === 0) return;
  await manager.query('UPDATE pending_redactions SET redact_at = now() WHERE clerk_user_id = ANY($1::text[])', [
    told.map(({ change }) => change.clerkUserId),
  ]);
}

async function bury(manager: EntityManager, drafts: readonly UserDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await manager.query(
    `INSERT INTO clerk_tombstones (clerk_user_id, source_webhook_id)
     SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
    [drafts.map(({ clerkUserId }) => clerkUserId), drafts.map(({ deletedBy }) => deletedBy)],
  );
}

function touchRow({ userId, version, activity }: UserDraft): Record<string, unknown> {
  return {
    id: userId,
    clerk_updated_at: version,
    last_login_at: isoTime(activity.lastLoginAt),
    last_logout_at: isoTime(activity.lastLogoutAt),
    last_active_at: isoTime(activity.lastActiveAt),
  };
}

function contentRow({ content, deletedBy }: UserDraft): Record<string, unknown> {
  if (content === undefined) return {};
  // Made and deleted in one batch: it never was anybody's rival.
  const columns = deletedBy === undefined ? content.columns : { ...content.columns, email: null, phoneNumber: null };
  return {
    email: columns.email,
    email_verified: columns.emailVerified && columns.email !== null,
    phone_number: columns.phoneNumber,
    phone_verified: columns.phoneVerified && columns.phoneNumber !== null,
    first_name: columns.firstName,
    last_name: columns.lastName,
    full_name: displayName(columns),
    username: columns.username,
    profile_image_url: columns.profileImageUrl,
    clerk_banned: columns.clerkBanned,
    clerk_locked: columns.clerkLocked,
    content_hash: content.contentHash,
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(Math.min(ms, LATEST_MS)).toISOString();
}
