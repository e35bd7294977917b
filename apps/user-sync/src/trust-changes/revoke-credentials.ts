import { type EntityManager } from 'typeorm';

/**
 * Revokes the API keys and deletes the set-password tokens of users whose trust ends. Records no trust change per
 * credential: the trust change of the user makes gateways forget all of its credentials.
 */
export async function revokeCredentials(manager: EntityManager, userIds: readonly string[]): Promise<void> {
  await manager.query(
    `UPDATE api_keys SET revoked_at = now() WHERE id IN (
       SELECT id FROM api_keys WHERE user_id = ANY($1::uuid[]) AND revoked_at IS NULL ORDER BY id FOR UPDATE)`,
    [userIds],
  );
  await manager.query('DELETE FROM password_tokens WHERE user_id = ANY($1::uuid[])', [userIds]);
}
