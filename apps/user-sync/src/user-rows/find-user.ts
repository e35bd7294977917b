import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager, IsNull, Raw } from 'typeorm';
import { UserEntity } from '../database/user.entity';

/** Maximum users that are listed for an ambiguous e-mail address or phone number. */
const MAX_LISTED = 10;

/** Whether a user reference is a Clerk user id. The user need not be stored here. */
export function isClerkUserId(ref: string): boolean {
  return ref.startsWith('user_');
}

/** A kind of user reference that several users can have. `verified`: the column that says whether a user has proven it. */
interface AddressKind {
  readonly noun: 'e-mail address' | 'phone number';
  readonly verified: 'emailVerified' | 'phoneVerified';
}

const email: AddressKind = { noun: 'e-mail address', verified: 'emailVerified' };
const phone: AddressKind = { noun: 'phone number', verified: 'phoneVerified' };

/** Whether a user reference is an e-mail address or a phone number; undefined for an id. */
export function addressKindOf(ref: string): AddressKind | undefined {
  if (ref.includes('@')) return email;
  return ref.startsWith('+') ? phone : undefined;
}

/**
 * Finds the user whom `ref` names: our id, a Clerk id, an e-mail address or a phone number. Returns null when there is
 * none. An id finds live and deleted users, an address or a number only live ones.
 * @throws RequestRefusedError `user_ambiguous` when several live users have the address or the number, even if only one
 * of them has verified it: a change must not reach the wrong user
 */
export async function findUserBy(manager: EntityManager, ref: string): Promise<UserEntity | null> {
  const kind = addressKindOf(ref);
  if (kind === undefined) {
    return manager.findOneBy(UserEntity, isClerkUserId(ref) ? { clerkUserId: ref } : { id: ref });
  }
  const holders = await manager.find(UserEntity, {
    where: {
      ...(kind === phone
        ? { phoneNumber: ref }
        : { email: Raw((column) => `lower(${column}) = lower(:ref)`, { ref }) }),
      deletedAt: IsNull(),
    },
    order: { id: 'ASC' },
    take: MAX_LISTED,
  });
  if (holders.length < 2) return holders[0] ?? null;
  const listed = holders.map((user) => (user[kind.verified] ? `${user.id} (verified)` : user.id));
  throw new RequestRefusedError('user_ambiguous', `Several users have this ${kind.noun}: ${listed.join(', ')}`);
}

/**
 * {@link findUserBy} for a user who must exist.
 * @throws RequestRefusedError `not_found`
 */
export async function requireUser(manager: EntityManager, ref: string): Promise<UserEntity> {
  const user = await findUserBy(manager, ref);
  if (user === null) throw new RequestRefusedError('not_found', 'This user does not exist.');
  return user;
}

/**
 * Our ids of the users that `refs` name, in the same order.
 * @throws RequestRefusedError `not_found` when one of the users does not exist
 */
export async function userIdsOf(manager: EntityManager, refs: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const ref of refs) ids.push((await requireUser(manager, ref)).id);
  return ids;
}
