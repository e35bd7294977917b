import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager, IsNull, Raw } from 'typeorm';
import { UserEntity } from '../database/user.entity';

/** Maximum users that are listed for an ambiguous e-mail address. */
const MAX_LISTED = 10;

/** Whether a user reference is a Clerk user id. The user need not be stored here. */
export function isClerkUserId(ref: string): boolean {
  return ref.startsWith('user_');
}

/**
 * Finds the user of a `userRefSchema` value; null when there is none. An id also finds a deleted user, an e-mail address
 * only live users.
 * @throws RequestRefusedError `user_ambiguous` when several live users have the address, even if one has verified it. A
 * change could otherwise reach the wrong user
 */
export async function findUserBy(manager: EntityManager, ref: string): Promise<UserEntity | null> {
  if (!ref.includes('@')) return manager.findOneBy(UserEntity, isClerkUserId(ref) ? { clerkUserId: ref } : { id: ref });
  const holders = await manager.find(UserEntity, {
    where: { email: Raw((email) => `lower(${email}) = lower(:ref)`, { ref }), deletedAt: IsNull() },
    order: { id: 'ASC' },
    take: MAX_LISTED,
  });
  if (holders.length < 2) return holders[0] ?? null;
  const listed = holders.map(({ id, emailVerified }) => (emailVerified ? `${id} (verified)` : id));
  throw new RequestRefusedError('user_ambiguous', `Several users have this e-mail address: ${listed.join(', ')}`);
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
 * Ids of the users of these references.
 * @throws RequestRefusedError `not_found` when one of them does not exist
 */
export async function userIdsOf(manager: EntityManager, refs: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const ref of refs) ids.push((await requireUser(manager, ref)).id);
  return ids;
}
