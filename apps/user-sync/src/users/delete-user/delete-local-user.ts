import { type EnvelopeClaims } from '@gatehouse/contracts';
import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { redactUsers } from '../../apply/batch/redact-users';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserEntity } from '../../database/user.entity';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { revokeCredentials } from '../../trust-changes/revoke-credentials';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { type ChangedUser } from '../manage-users/change-user';

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
  await runStatements(manager, redactUsers([id]));
  // A local user is named by our id in conflicts.
  await manager.query('UPDATE user_conflicts SET resolved_at = now() WHERE claimant = $1 AND resolved_at IS NULL', [
    id,
  ]);
  await revokeCredentials(manager, [id]);
  const closed = await closeLegacySessions(manager, { userIds: [id] }, 'deleted');
  await recordAudit(manager, by, { action: 'user.delete', userId: id });
  const after = await manager.findOneByOrFail(UserEntity, { id });
  const own = { kind: 'user', userId: id, clerkUserId: null, reason: 'deleted' } as const;
  return { user: presentUserToAdmin(after), number: await recordTrustChanges(manager, [own, ...closed]) };
}
