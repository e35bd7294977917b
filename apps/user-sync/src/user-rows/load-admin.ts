import { type EnvelopeClaims } from '@gatehouse/contracts';
import { RequestRefusedError, requireAdmin } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { UserEntity } from '../database/user.entity';
import { loadCaller } from './load-caller';

/** The calling admin, who must still be one. Throws a refusal. */
export async function loadAdmin(manager: EntityManager, envelope: EnvelopeClaims): Promise<UserEntity> {
  const admin = await loadCaller(manager, requireAdmin(envelope));
  if (admin.role !== 'admin') throw new RequestRefusedError('forbidden', 'only admins may do this');
  return admin;
}

/** A live user's row, locked until the transaction ends. Throws a refusal. */
export async function lockUser(manager: EntityManager, id: string): Promise<UserEntity> {
  const user = await manager.findOne(UserEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });
  if (user === null) throw new RequestRefusedError('not_found', 'there is no such user');
  if (user.deletedAt !== null) throw new RequestRefusedError('conflict', 'the user was deleted');
  return user;
}
