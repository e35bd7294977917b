import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager, IsNull, Raw } from 'typeorm';
import { UserEntity } from '../database/user.entity';

/** How many users an ambiguous e-mail address is reported with. */
const MAX_TOLD = 10;

/** Whether a user reference is a Clerk user id, which may name a user who is not here. */
export function isClerkUserId(ref: string): boolean {
  return ref.startsWith('user_');
}

/**
 * The user that a `userRefSchema` value names, null when there is none. An id also finds a deleted user, an e-mail address
 * only live ones. Refuses an address that several live users have as `user_ambiguous`, even if one of them has it
 * verified: a change could otherwise reach the wrong user.
 */
export async function findUserBy(manager: EntityManager, ref: string): Promise<UserEntity | null> {
  if (!ref.includes('@')) return manager.findOneBy(UserEntity, isClerkUserId(ref) ? { clerkUserId: ref } : { id: ref });
  const holders = await manager.find(UserEntity, {
    where: { email: Raw((email) => `lower(${email}) = lower(:ref)`, { ref }), deletedAt: IsNull() },
    order: { id: 'ASC' },
    take: MAX_TOLD,
  });
  if (holders.length < 2) return holders[0] ?? null;
  const told = holders.map(({ id, emailVerified }) => (emailVerified ? `${id} (verified)` : id));
  throw new RequestRefusedError('user_ambiguous', `several users have this e-mail address: ${told.join(', ')}`);
}

/** The same. Refuses an unknown user as `not_found`. */
export async function requireUser(manager: EntityManager, ref: string): Promise<UserEntity> {
  const user = await findUserBy(manager, ref);
  if (user === null) throw new RequestRefusedError('not_found', 'there is no such user');
  return user;
}

/** The ids of these users here. Refuses an unknown user as `not_found`. */
export async function userIdsOf(manager: EntityManager, refs: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const ref of refs) ids.push((await requireUser(manager, ref)).id);
  return ids;
}
