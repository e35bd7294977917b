import { type EnvelopeClaims } from '@gatehouse/contracts';
import { RequestRefusedError, requireAdmin } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { UserEntity } from '../database/user.entity';
import { loadCaller } from './load-caller';

/** The row of the calling admin. @throws RequestRefusedError when the caller is no longer an active admin */
export async function loadAdmin(manager: EntityManager, envelope: EnvelopeClaims): Promise<UserEntity> {
  const admin = await loadCaller(manager, requireAdmin(envelope));
  if (admin.role !== 'admin') throw new RequestRefusedError('forbidden', 'Only admins may do this.');
  return admin;
}

/** The row of a live user, locked until the transaction ends. @throws RequestRefusedError when there is none */
export async function lockUser(manager: EntityManager, id: string): Promise<UserEntity> {
  const user = await lockRow(manager, id);
  if (user.deletedAt !== null) throw new RequestRefusedError('conflict', 'The user was deleted.');
  return user;
}

/** The row of a live or deleted user, locked until the transaction ends. @throws RequestRefusedError when there is none */
export async function lockRow(manager: EntityManager, id: string): Promise<UserEntity> {
  const user = await manager.findOne(UserEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });
  if (user === null) throw new RequestRefusedError('not_found', 'This user does not exist.');
  return user;
}
