import { type KnownUsers } from './known-users';
import { type KnownUser, type NewValues } from './user-fields';

/**
 * Whether other users stand in the way of the addresses that a row sets, by the rules of convergence. An address that
 * anybody has verified belongs to one user. A local user logs in by its e-mail address, so no two local users share one.
 * `user`: the user whom the row names; undefined for a new one.
 */
export function addressConflict(
  sets: NewValues,
  user: KnownUser | undefined,
  known: KnownUsers,
): 'email_held' | 'phone_held' | undefined {
  const isOther = ({ id }: KnownUser) => id !== user?.id;
  const email = sets.email ?? (sets.emailVerified === true ? user?.values.email : undefined);
  if (email !== undefined && email !== null) {
    const isRival = ({ clerkUserId, values }: KnownUser) =>
      sets.emailVerified === true || values.emailVerified || clerkUserId === null;
    if (known.withEmail(email).some((other) => isOther(other) && isRival(other))) return 'email_held';
  }
  const phone = sets.phoneNumber ?? (sets.phoneVerified === true ? user?.values.phoneNumber : undefined);
  if (phone !== undefined && phone !== null) {
    const isRival = ({ values }: KnownUser) => sets.phoneVerified === true || values.phoneVerified;
    if (known.withPhone(phone).some((other) => isOther(other) && isRival(other))) return 'phone_held';
  }
  return undefined;
}
