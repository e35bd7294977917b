import { type Holder, type Principal } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { UserEntity } from '../database/user.entity';
import { mayAct } from './may-act';

/** Whom a credential of this user speaks for. */
export function holderOf(user: UserEntity): Holder {
  const { id: userId, clerkUserId, role, subscription: tier } = user;
  return { userId, clerkUserId, role, tier, isActive: user.deletedAt === null && mayAct(user) };
}

/** The calling user's row. Throws a refusal when it is gone, deleted or shut out. */
export async function loadCaller(manager: EntityManager, { userId }: Principal): Promise<UserEntity> {
  return admit(await manager.findOneBy(UserEntity, { id: userId }));
}

/** The same, locked until the transaction ends: nobody deletes the user or shuts it out meanwhile. */
export async function lockCaller(manager: EntityManager, { userId }: Principal): Promise<UserEntity> {
  return admit(await manager.findOne(UserEntity, { where: { id: userId }, lock: { mode: 'for_no_key_update' } }));
}

function admit(user: UserEntity | null): UserEntity {
  if (user === null) throw new RequestRefusedError('not_found', 'there is no such user');
  if (user.deletedAt !== null) throw new RequestRefusedError('user_deleted', 'the user was deleted');
  if (!mayAct(user)) throw new RequestRefusedError('forbidden', 'the user is not active');
  return user;
}
