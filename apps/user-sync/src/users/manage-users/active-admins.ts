import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager, IsNull } from 'typeorm';
import { UserEntity } from '../../database/user.entity';
import { mayAct } from '../../user-rows/may-act';

/** Arbitrary; must be unique among our advisory locks. */
const LOCK = 7_202_614;

/** Makes changes that can end an admin's rights take turns, until the transaction ends. Take it before any row. */
export async function lockAdmins(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

/** The ids of the admins who can act now. With `lock` none of them changes until the transaction ends. */
export async function activeAdmins(manager: EntityManager, lock = false): Promise<string[]> {
  const admins = await manager.find(UserEntity, {
    where: { role: 'admin', deletedAt: IsNull() },
    order: { id: 'ASC' },
    ...(lock && { lock: { mode: 'pessimistic_read' } }),
  });
  return admins.filter(mayAct).map(({ id }) => id);
}

/** Refuses to take admin rights from the last user who has them, as `last_admin`. */
export async function requireAnotherAdmin(manager: EntityManager, userId: string): Promise<void> {
  const admins = await activeAdmins(manager, true);
  if (admins.some((id) => id !== userId)) return;
  throw new RequestRefusedError('last_admin', 'no other admin is active: make one first');
}
