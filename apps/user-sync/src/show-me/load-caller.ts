import { type Principal } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { UserEntity } from '../database/user.entity';

/** Whether the user may act: neither an admin nor Clerk has shut it out. */
export function mayAct(user: Pick<UserEntity, 'isActive' | 'clerkBanned' | 'clerkLocked'>): boolean {
  return user.isActive && !user.clerkBanned && !user.clerkLocked;
}

/** The calling user's row. Throws a refusal when it is gone, deleted or shut out. */
export async function loadCaller(manager: EntityManager, { userId }: Principal): Promise<UserEntity> {
  const user = await manager.findOneBy(UserEntity, { id: userId });
  if (user === null) throw new RequestRefusedError('not_found', 'there is no such user');
  if (user.deletedAt !== null) throw new RequestRefusedError('user_deleted', 'the user was deleted');
  if (!mayAct(user)) throw new RequestRefusedError('forbidden', 'the user is not active');
  return user;
}
