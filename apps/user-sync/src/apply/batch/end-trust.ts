import { type EntityManager } from 'typeorm';
import { type NewChange, recordChanges } from '../../trust-changes/record-trust-changes';
import { type UserDraft } from '../draft/user-draft';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';

/** A Clerk session that an event says is over. */
export interface EndedSession {
  readonly id: string;
  readonly clerkUserId: string;
}

/**
 * Ends, in the transaction that applies a batch, what deletions and ends of sessions and passwords leave nobody to hold:
 * keys, legacy sessions, set-password tokens; and records users whom Clerk bans or deprovisions, or lets act again. Returns
 * the number of the last change that this made, null when it made none. Must come last in the transaction.
 */
export async function endTrust(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  ended: readonly EndedSession[],
): Promise<number | null> {
  const barred = drafts.flatMap(({ barringMoved, userId, clerkUserId }): NewChange[] =>
    barringMoved && userId !== null
      ? [{ kind: 'user', userId, clerkUserId, reason: 'clerk_ban_or_deprovisioning' }]
      : [],
  );
  const deleted = drafts.flatMap(({ deletedBy, userId, clerkUserId }) =>
    deletedBy === undefined || userId === null ? [] : [{ userId, clerkUserId }],
  );
  // Clerk says from now on who may sign in: whoever knew the password may not any more.
  const adopted = drafts.flatMap(({ adopted: userId, clerkUserId }) =>
    userId === undefined ? [] : [{ userId, clerkUserId }],
  );
  if (deleted.length + ended.length + barred.length + adopted.length === 0) return null;
  const userIds = deleted.map(({ userId }) => userId);
  const changes: NewChange[] = [...barred];
  for (const user of deleted) changes.push({ kind: 'user', ...user, reason: 'deleted' });
  for (const user of adopted) changes.push({ kind: 'user', ...user, reason: 'password_set' });
  if (userIds.length > 0) await revokeCredentials(manager, userIds);
  changes.push(...(await closeLegacySessions(manager, { userIds }, 'deleted')));
  const adoptedIds = adopted.map(({ userId }) => userId);
  changes.push(...(await closeLegacySessions(manager, { userIds: adoptedIds }, 'password_set')));
  const parentSessionIds = ended.map(({ id }) => id);
  changes.push(...(await closeLegacySessions(manager, { parentSessionIds }, 'parent_session_ended')));
  changes.push(...(await newlyEnded(manager, ended)));
  return recordChanges(manager, changes);
}

async function revokeCredentials(manager: EntityManager, userIds: readonly string[]): Promise<void> {
  // The user's own change tells the gateways to forget all of them.
  await manager.query(
    `UPDATE api_keys SET revoked_at = now() WHERE id IN (
       SELECT id FROM api_keys WHERE user_id = ANY($1::uuid[]) AND revoked_at IS NULL ORDER BY id FOR UPDATE)`,
    [userIds],
  );
  await manager.query('DELETE FROM password_tokens WHERE user_id = ANY($1::uuid[])', [userIds]);
}

/** Once each: Clerk tells of some ends twice, as ended and as removed. */
async function newlyEnded(manager: EntityManager, ended: readonly EndedSession[]): Promise<NewChange[]> {
  if (ended.length === 0) return [];
  const known = await manager.query<{ session_id: string }[]>(
    `SELECT session_id FROM changes WHERE kind = 'clerk_session' AND session_id = ANY($1::text[])`,
    [ended.map(({ id }) => id)],
  );
  const seen = new Set(known.map(({ session_id }) => session_id));
  return ended.flatMap(({ id, clerkUserId }) => {
    if (seen.has(id)) return [];
    seen.add(id);
    return [{ kind: 'clerk_session', sessionId: id, clerkUserId, reason: 'signed_out' } as const];
  });
}
