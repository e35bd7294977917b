import { type Schemas } from '@gatehouse/client';
import { NONE, count, time, yesNo } from '../output/format';
import { type Style } from '../output/table';
import { type Session } from '../session';

type User = Schemas['AdminUser'];

/** Whether a user can act, in one word. */
export function stateOf({ isActive, deletedAt, clerkBanned }: User): string {
  if (deletedAt !== null) return 'deleted';
  if (!isActive) return 'deactivated';
  return clerkBanned ? 'banned' : 'active';
}

/** How the state of a user is shown. */
export function styleOf(user: User): Style {
  return stateOf(user) === 'active' ? 'green' : 'red';
}

/** Prints a user. */
export function showUser({ output }: Session, user: User): void {
  output.record(user, [
    ['Id', user.id],
    ['Clerk id', user.clerkUserId ?? 'local user'],
    ['Name', user.fullName || NONE],
    ['E-mail', proven(user.email, user.emailVerified)],
    ['Phone', proven(user.phoneNumber, user.phoneVerified)],
    ['Role', user.role],
    ['Tier', user.subscription],
    ['State', stateOf(user), styleOf(user)],
    ['Banned at Clerk', yesNo(user.clerkBanned)],
    ['Locked at Clerk', yesNo(user.clerkLocked)],
    ['Version', count(user.version)],
    ['Created', time(user.createdAt)],
    ['Changed', time(user.updatedAt)],
    ['Last sign-in', time(user.lastLoginAt)],
    ['Deleted', time(user.deletedAt)],
  ]);
}

function proven(address: string | null, isVerified: boolean): string {
  return address === null ? NONE : `${address} (${isVerified ? 'verified' : 'unverified'})`;
}
