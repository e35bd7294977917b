import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { addressesOf, lockAddresses } from '../apply/addresses/address';
import { lockClerkUsers } from '../database/lock-clerk-users';

/** What a transaction of an import is about to read and write. */
interface People {
  /** Our ids of stored users. */
  readonly userIds: readonly string[];
  /** Further users of Clerk. */
  readonly clerkUserIds?: readonly string[];
  readonly addresses: readonly { readonly email?: string | null; readonly phoneNumber?: string | null }[];
}

/**
 * Locks the Clerk users and addresses of people until the transaction ends. Lock the rows of users after it: this is the
 * order of every transaction that writes addresses.
 */
export async function lockPeople(
  manager: EntityManager,
  { userIds, clerkUserIds = [], addresses }: People,
): Promise<void> {
  const stored = await manager.query<{ clerk_user_id: string }[]>(
    'SELECT clerk_user_id FROM users WHERE id = ANY($1::uuid[]) AND clerk_user_id IS NOT NULL',
    [userIds],
  );
  const locked = addresses.flatMap(({ email = null, phoneNumber = null }) =>
    addressesOf({ email, emailVerified: true, phoneNumber, phoneVerified: true }),
  );
  await runStatements(manager, [
    lockClerkUsers([...stored.map(({ clerk_user_id }) => clerk_user_id), ...clerkUserIds]),
    lockAddresses(locked),
  ]);
}
