import { type EntityManager } from 'typeorm';
import { type NewTrustChange } from './record-trust-changes';
import { type SessionOfUser, standingOf } from './session-standing';

/**
 * Ends a Clerk session at Gatehouse only: Clerk may still issue tokens for it, but Gatehouse rejects them. The session
 * must be one of this user. Returns the trust changes to record; none if the session has already ended.
 */
export async function signOutHere(manager: EntityManager, session: SessionOfUser): Promise<NewTrustChange[]> {
  const { ended } = await standingOf(manager, session);
  return ended ? [] : signOutAllHere(manager, [session]);
}

/**
 * Ends Clerk sessions at Gatehouse only, whatever else has ended them. Returns the trust changes to record; none for
 * sessions that were signed out here before.
 */
export async function signOutAllHere(
  manager: EntityManager,
  sessions: readonly SessionOfUser[],
): Promise<NewTrustChange[]> {
  const users = new Map(sessions.map(({ sessionId, clerkUserId }) => [sessionId, clerkUserId]));
  const added = await manager.query<{ session_id: string }[]>(
    `INSERT INTO signed_out_sessions (session_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING session_id`,
    [[...users.keys()]],
  );
  return added.map(({ session_id: sessionId }) => {
    const clerkUserId = users.get(sessionId) ?? '';
    return { kind: 'clerk_session', sessionId, clerkUserId, reason: 'signed_out' } as const;
  });
}
