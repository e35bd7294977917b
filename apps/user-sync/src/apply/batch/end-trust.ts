import { type EntityManager } from 'typeorm';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { type NewTrustChange, recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { revokeCredentials } from '../../trust-changes/revoke-credentials';
import { mayActAtClerk } from '../../user-rows/may-act';
import { type UserDraft, adoptedUserOf, deletionOf, rowOf } from '../draft/user-draft';

/** A Clerk session that has ended. */
export interface EndedSession {
  readonly id: string;
  readonly clerkUserId: string;
}

/**
 * Ends the credentials that a batch makes invalid, in the transaction that applies the batch:
 * - Deleted users: revokes API keys, deletes set-password tokens and closes legacy sessions.
 * - Linked users (local users whose row a Clerk user takes over): closes legacy sessions.
 * - Ended Clerk sessions: closes the legacy sessions that were opened in them.
 *
 * Records a trust change for each of these users and sessions, and for each user whose ban or deprovisioning begins or
 * ends.
 *
 * Must come last in the transaction, because it locks the counter of trust changes.
 * @returns the number of the last trust change that the batch causes; null when it causes none
 */
export async function endTrust(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  ended: readonly EndedSession[],
): Promise<number | null> {
  const barred = drafts.filter(isBarringChanged).flatMap(userOf);
  const deleted = drafts.filter((draft) => deletionOf(draft) !== undefined).flatMap(userOf);
  // Local users that this batch links to a Clerk user. Linking has removed their passwords, so their legacy sessions
  // are closed below. `password_set` is the reason for every change of a password, also for a removed one.
  const adopted = drafts.filter((draft) => adoptedUserOf(draft) !== undefined).flatMap(userOf);
  if (barred.length + deleted.length + adopted.length + ended.length === 0) return null;
  const changes: NewTrustChange[] = [
    ...barred.map((user) => ({ kind: 'user', ...user, reason: 'clerk_ban_or_deprovisioning' }) as const),
    ...deleted.map((user) => ({ kind: 'user', ...user, reason: 'deleted' }) as const),
    ...adopted.map((user) => ({ kind: 'user', ...user, reason: 'password_set' }) as const),
  ];
  const userIds = deleted.map(({ userId }) => userId);
  if (userIds.length > 0) await revokeCredentials(manager, userIds);
  changes.push(...(await closeLegacySessions(manager, { userIds }, 'deleted')));
  const adoptedIds = adopted.map(({ userId }) => userId);
  changes.push(...(await closeLegacySessions(manager, { userIds: adoptedIds }, 'password_set')));
  const parentSessionIds = ended.map(({ id }) => id);
  changes.push(...(await closeLegacySessions(manager, { parentSessionIds }, 'parent_session_ended')));
  changes.push(...(await newlyEnded(manager, ended)));
  return recordTrustChanges(manager, changes);
}

function userOf(draft: UserDraft): { readonly userId: string; readonly clerkUserId: string }[] {
  const row = rowOf(draft);
  return row === undefined ? [] : [{ userId: row.userId, clerkUserId: draft.clerkUserId }];
}

/** Whether the batch bans, unbans, deprovisions or reprovisions a user that has a row. */
function isBarringChanged({ state, stored }: UserDraft): boolean {
  if (state.kind !== 'live' || state.write.kind !== 'update') return false;
  return mayActAtClerk(state.write.content.columns) !== mayActAtClerk(stored);
}

/** Trust changes for sessions whose end is not recorded yet. Clerk reports some ends twice, as ended and as removed. */
async function newlyEnded(manager: EntityManager, ended: readonly EndedSession[]): Promise<NewTrustChange[]> {
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
