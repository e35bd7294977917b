import { type Statement, keyLock } from '@gatehouse/persistence';

/** Locks these Clerk users until the transaction ends: no observation of them is applied meanwhile. */
export function lockClerkUsers(clerkUserIds: readonly string[]): Statement {
  return keyLock('clerk-user', clerkUserIds);
}
