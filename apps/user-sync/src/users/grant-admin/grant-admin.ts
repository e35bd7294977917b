import { type DataSource, type EntityManager } from 'typeorm';
import { type AddressHolder, type ClerkAddresses } from '../../clerk/clerk-addresses';
import { type AdminPromiseEntity } from '../../database/admin-promise.entity';
import { UserEntity } from '../../database/user.entity';
import { AdminRefusedError } from '../../errors';
import { mayAct } from '../../user-rows/may-act';
import { changeUser } from '../manage-users/change-user';
import { byCommand, endPromise, findOpenPromise, makePromise } from './admin-promises';

/** Result of a request to make a user an admin. */
export type Grant =
  | { readonly result: 'granted' | 'already_admin'; readonly userId: string; readonly number: number | null }
  | { readonly result: 'promised' | 'already_promised'; readonly promise: AdminPromiseEntity };

/**
 * Makes an admin of the user who has verified this e-mail address at Clerk. Promises the role instead if that user is
 * not stored here yet, or nobody at Clerk has the address. The promise makes an admin of the first user who is stored
 * here and has verified the address at Clerk. Idempotent.
 * @throws AdminRefusedError when users at Clerk have the address but none or several have verified it, or the user
 * cannot act
 * @throws ClerkRequestError when Clerk is unavailable or rejects our request
 * @throws TooManyPromisesError
 */
export async function grantAdmin(
  dataSource: DataSource,
  clerk: Pick<ClerkAddresses, 'holdersOf'>,
  address: string,
): Promise<Grant> {
  const email = address.toLowerCase();
  const holders = await clerk.holdersOf(email, 'first_login');
  const holder = verifiedHolder(holders);
  if (holder === undefined && holders.length > 0) {
    throw new AdminRefusedError('Clerk shows this address as unverified. Verify it at Clerk, then repeat the command.');
  }
  return dataSource.transaction(async (manager) => {
    const user = holder && (await lockHolder(manager, holder.clerkUserId));
    if (user === undefined) {
      const { made, promise } = await makePromise(manager, email);
      return { result: made ? 'promised' : 'already_promised', promise };
    }
    const promise = await findOpenPromise(manager, email);
    if (promise !== null) await endPromise(manager, promise.id, 'use', user.id);
    return promote(manager, user);
  });
}

/**
 * The user among the `holders` of an address who has verified it; undefined when nobody has.
 * @throws AdminRefusedError when several users have verified the address
 */
export function verifiedHolder(holders: readonly AddressHolder[]): AddressHolder | undefined {
  const [holder, ...others] = holders.filter(({ verified }) => verified);
  if (others.length > 0) throw new AdminRefusedError('Clerk shows several users who have verified this address.');
  return holder;
}

/**
 * Locks and returns the row of a Clerk user; undefined while the user is not stored here.
 * @throws AdminRefusedError when the user cannot act
 */
export async function lockHolder(manager: EntityManager, clerkUserId: string): Promise<UserEntity | undefined> {
  const user = await manager.findOne(UserEntity, { where: { clerkUserId }, lock: { mode: 'for_no_key_update' } });
  if (user === null) return undefined;
  if (user.deletedAt !== null) throw new AdminRefusedError('The user was deleted here.');
  if (!mayAct(user)) throw new AdminRefusedError('The user is deactivated here, or banned or deprovisioned at Clerk.');
  return user;
}

/**
 * Makes an admin of a user whose row is locked, writes the audit entry and records the trust change. Must come last in
 * the transaction, like `recordTrustChanges`.
 */
export async function promote(manager: EntityManager, user: UserEntity): Promise<Extract<Grant, { userId: string }>> {
  const { id: userId, role: before } = user;
  if (before === 'admin') return { result: 'already_admin', userId, number: null };
  const details = { before, after: 'admin', source: 'command' };
  const { number } = await changeUser(manager, byCommand(), user, {
    ...{ action: 'user.role', reason: 'role', columns: { role: 'admin' }, details },
  });
  return { result: 'granted', userId, number };
}
