import { type ClerkSession } from '@gatehouse/contracts';
import { EventInvalidError } from '../../../errors';
import { mapClerkUser } from '../../../clerk-user/map-clerk-user';
import { laterActivity, noActivity } from '../../observation/observation';
import { type Reading } from './reading';

type Meaning = (session: ClerkSession) => Partial<Reading['activity']>;

/**
 * Reads a session event: the user, if Clerk included it, and when the user was active. `meaning`: reads the activity
 * times from a session.
 */
export function readSession(session: ClerkSession, observedAt: number, meaning: Meaning): Reading {
  const activity = { ...noActivity, ...meaning(session) };
  if (!session.user) return { clerkUserId: session.user_id, seen: { kind: 'nothing' }, activity };
  if (session.user.id !== session.user_id) throw new EventInvalidError('data.user.id: differs from data.user_id');
  const user = mapClerkUser(session.user, observedAt);
  return {
    clerkUserId: session.user_id,
    seen: { kind: 'event', user },
    activity: laterActivity(activity, user.activity),
  };
}

/** Reads the end of a session: the user was active until then, and the tokens of the session are no longer valid. */
export function readSessionEnd(session: ClerkSession, observedAt: number): Reading {
  const reading = readSession(session, observedAt, ({ updated_at, last_active_at }) => ({
    lastLogoutAt: updated_at ?? null,
    lastActiveAt: last_active_at ?? null,
  }));
  return { ...reading, endedSession: session.id };
}
