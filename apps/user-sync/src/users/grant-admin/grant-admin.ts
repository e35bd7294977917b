import { type DataSource, type EntityManager } from 'typeorm';
import { type AddressHolder, type ClerkAddresses } from '../../clerk/clerk-addresses';
import { type AdminPromiseEntity } from '../../database/admin-promise.entity';
import { UserEntity } from '../../database/user.entity';
import { AdminRefusedError } from '../../errors';
import { changeUser } from '../manage-users/change-user';
import { mayAct } from '../../user-rows/may-act';
import { byCommand, endPromise, findOpenPromise, makePromise } from './admin-promises';

/** Result of a request to make a user an admin. */
export type Grant =
  | { readonly result: 'granted' | 'already_admin'; readonly userId: string; readonly number: number | null }
  | { readonly result: 'promised' | 'already_promised'; readonly promise: AdminPromiseEntity };

/**
 * Makes the user who has this e-mail address verified at Clerk an admin. When that user is not here yet, promises the role
 * to the next one who has. Repeating it changes nothing. Throws AdminRefusedError when Clerk shows the
 * address as unverified or the user cannot act, ClerkRequestError when Clerk cannot be asked.
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
    throw new AdminRefusedError('Clerk shows this address as unverified: verify it at Clerk, then repeat the command');
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

/** The one user who has an address verified. Throws AdminRefusedError when several have. */
export function verifiedHolder(holders: readonly AddressHolder[]): AddressHolder | undefined {
  const [holder, ...others] = holders.filter(({ verified }) => verified);
  if (others.length > 0) throw new AdminRefusedError('Clerk shows several users with this address verified');
  return holder;
}

/** The row of a Clerk user, locked; undefined when it is not here yet. Throws AdminRefusedError when it cannot act. */
export async function lockHolder(manager: EntityManager, clerkUserId: string): Promise<UserEntity | undefined> {
  const user = await manager.findOne(UserEntity, { where: { clerkUserId }, lock: { mode: 'for_no_key_update' } });
  if (user === null) return undefined;
  if (user.deletedAt !== null) throw new AdminRefusedError('the user was deleted here');
  if (!mayAct(user)) throw new AdminRefusedError('the user is deactivated here or banned at Clerk');
  return user;
}

/** Makes a locked user an admin, as an admin's change of role does. Must be the transaction's last statement. */
export async function promote(manager: EntityManager, user: UserEntity): Promise<Extract<Grant, { userId: string }>> {
  const { id: userId, role: before } = user;
  const details = { before, after: 'admin', source: 'command' };
  const { number } = await changeUser(manager, byCommand(), user, {
    ...{ action: 'user.role', reason: 'role', columns: { role: 'admin' }, details },
  });
  return { result: number === null ? 'already_admin' : 'granted', userId, number };
}
