import { type ClerkUser } from '@gatehouse/contracts';
import { mapClerkUser } from '../../../clerk-user/map-clerk-user';
import { type Reading } from './reading';

/** Reads a user event. Its data shows the user as it was at `observedAt`, when Clerk created the event. */
export function readUser(data: ClerkUser, observedAt: number): Reading {
  const user = mapClerkUser(data, observedAt);
  return { clerkUserId: user.clerkUserId, seen: { kind: 'event', user }, activity: user.activity };
}
