import { type EnvelopeClaims } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserEntity } from '../../database/user.entity';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { type ChangedUser } from '../manage-users/change-user';
import { removeLocalUsers } from './remove-local-users';

/**
 * Deletes a local user whose row is locked, as a `user.deleted` event deletes a Clerk user: the row stays as a tombstone
 * without personal data, credentials are revoked, and the trigger of the table publishes the deletion. Must come last in
 * the transaction, like `recordTrustChanges`.
 */
export async function deleteLocalUser(
  manager: EntityManager,
  by: Pick<EnvelopeClaims, 'rid' | 'principal' | 'origin'>,
  id: string,
): Promise<ChangedUser> {
  const changes = await removeLocalUsers(manager, [id]);
  await recordAudit(manager, by, { action: 'user.delete', userId: id });
  const after = await manager.findOneByOrFail(UserEntity, { id });
  return { user: presentUserToAdmin(after), number: await recordTrustChanges(manager, changes) };
}
