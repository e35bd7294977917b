import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager, IsNull } from 'typeorm';
import { UserEntity } from '../../database/user.entity';
import { mayAct } from '../../user-rows/may-act';

/** Key of the advisory lock for changes that can end an admin's rights. Arbitrary, but unique among our advisory locks. */
const LOCK = 7_202_614;

/**
 * Serializes changes that can end an admin's rights, until the transaction ends. So two admins cannot remove each other
 * at the same time. Must be the transaction's first lock. A transaction that already held the lock of a user's row
 * could deadlock with the holder of this lock.
 */
export async function lockAdmins(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

/** Ids of the admins who can act. `lock`: whether to lock their rows until the transaction ends. */
export async function activeAdmins(manager: EntityManager, lock = false): Promise<string[]> {
  const admins = await manager.find(UserEntity, {
    where: { role: 'admin', deletedAt: IsNull() },
    order: { id: 'ASC' },
    ...(lock && { lock: { mode: 'pessimistic_read' } }),
  });
  return admins.filter(mayAct).map(({ id }) => id);
}

/**
 * Checks that this admin may end the rights of a user: the user is somebody else, and another admin can still act.
 * @throws RequestRefusedError `conflict` or `last_admin`
 */
export async function requireEndable(manager: EntityManager, admin: UserEntity, userId: string): Promise<void> {
  if (admin.id === userId) throw new RequestRefusedError('conflict', 'Admins cannot do this to themselves.');
  const admins = await activeAdmins(manager, true);
  if (admins.some((id) => id !== userId)) return;
  throw new RequestRefusedError('last_admin', 'No other admin is active. Make another user an admin first.');
}
