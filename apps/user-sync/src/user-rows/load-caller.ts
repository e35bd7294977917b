import { type Holder, type Principal } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { UserEntity } from '../database/user.entity';
import { mayAct } from './may-act';

/** What the gateway needs to know about the user of a credential. */
export function holderOf(user: UserEntity): Holder {
  const { id: userId, clerkUserId, role, subscription: tier } = user;
  return { userId, clerkUserId, role, tier, isActive: user.deletedAt === null && mayAct(user) };
}

/** The row of the calling user. @throws RequestRefusedError when the user is unknown, deleted or not active */
export async function loadCaller(manager: EntityManager, { userId }: Principal): Promise<UserEntity> {
  return admit(await manager.findOneBy(UserEntity, { id: userId }));
}

/** {@link loadCaller}, with the row locked until the transaction ends. */
export async function lockCaller(manager: EntityManager, { userId }: Principal): Promise<UserEntity> {
  return admit(await manager.findOne(UserEntity, { where: { id: userId }, lock: { mode: 'for_no_key_update' } }));
}

function admit(user: UserEntity | null): UserEntity {
  if (user === null) throw new RequestRefusedError('not_found', 'This user does not exist.');
  if (user.deletedAt !== null) throw new RequestRefusedError('user_deleted', 'The user was deleted.');
  if (!mayAct(user)) throw new RequestRefusedError('forbidden', 'The user is not active.');
  return user;
}
