import { randomBytes, randomUUID } from 'node:crypto';
import { API_KEY_RANDOM_BYTES, type ApiKeyEnvironment, apiKeyHash, apiKeyPrefix, mintApiKey } from '@gatehouse/auth';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { ApiKeyEntity } from '../../database/api-key.entity';

/** Maximum valid keys of one user. */
const MAX_LIVE_KEYS = 50;

/** Properties of a new key. */
export type NewKey = Pick<ApiKeyEntity, 'userId' | 'name' | 'scopes' | 'rateLimit' | 'expiresAt'>;

/**
 * Creates a key and stores only its hash. The caller must have locked the user's row: otherwise concurrent calls could
 * exceed the maximum number of keys.
 */
export async function insertKey(
  manager: EntityManager,
  environment: ApiKeyEnvironment,
  draft: NewKey,
): Promise<{ readonly key: string; readonly row: ApiKeyEntity }> {
  await refuseTooMany(manager, draft.userId);
  const key = mintApiKey({ environment, random: randomBytes(API_KEY_RANDOM_BYTES) });
  const id = randomUUID();
  await manager.insert(ApiKeyEntity, { ...draft, id, hash: apiKeyHash(key), prefix: apiKeyPrefix(key) });
  return { key, row: await manager.findOneByOrFail(ApiKeyEntity, { id }) };
}

async function refuseTooMany(manager: EntityManager, userId: string): Promise<void> {
  const [{ count } = { count: 0 }] = await manager.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM api_keys
      WHERE user_id = $1 AND revoked_at IS NULL AND (least(expires_at, grace_ends_at) > now() OR
            (expires_at IS NULL AND grace_ends_at IS NULL))`,
    [userId],
  );
  if (count >= MAX_LIVE_KEYS) {
    throw new RequestRefusedError('limit_reached', `A user may have ${MAX_LIVE_KEYS} keys. Revoke one first.`);
  }
}
