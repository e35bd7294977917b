import { lockKeys } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';

/** Locks these Clerk users until the transaction ends: nothing that was seen of them is applied meanwhile. */
export function lockClerkUsers(manager: EntityManager, clerkUserIds: readonly string[]): Promise<void> {
  return lockKeys(manager, 'clerk-user', clerkUserIds);
}
