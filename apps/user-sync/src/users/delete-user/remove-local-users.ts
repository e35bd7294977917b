import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type redactImports } from '../../apply/batch/redact-imports';
import { redactUsers } from '../../apply/batch/redact-users';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { type NewTrustChange } from '../../trust-changes/record-trust-changes';
import { revokeCredentials } from '../../trust-changes/revoke-credentials';

/**
 * Deletes local users whose rows are locked: the rows stay as tombstones without personal data, their conflicts end, and
 * credentials are revoked. Returns the trust changes to record. `fromImports` erases them from imports.
 */
export async function removeLocalUsers(
  manager: EntityManager,
  ids: readonly string[],
  fromImports?: typeof redactImports,
): Promise<NewTrustChange[]> {
  if (ids.length === 0) return [];
  await runStatements(manager, redactUsers(ids, fromImports));
  // A local user is named by our id in conflicts.
  await manager.query(
    'UPDATE user_conflicts SET resolved_at = now() WHERE claimant = ANY($1::text[]) AND resolved_at IS NULL',
    [ids],
  );
  await revokeCredentials(manager, ids);
  const closed = await closeLegacySessions(manager, { userIds: ids }, 'deleted');
  return [...ids.map((userId) => ({ kind: 'user', userId, clerkUserId: null, reason: 'deleted' }) as const), ...closed];
}
