import { type ApiKey, type apiKeyStates } from '@gatehouse/contracts';
import { type ApiKeyEntity } from '../../database/api-key.entity';

/** When a key ends by itself. */
type KeyTimes = Pick<ApiKeyEntity, 'expiresAt' | 'graceEndsAt'>;

/** State of a key at the time `now` (milliseconds since the epoch). */
export function keyState(
  key: KeyTimes & Pick<ApiKeyEntity, 'revokedAt' | 'replacedBy'>,
  now: number,
): (typeof apiKeyStates)[number] {
  if (key.revokedAt !== null) return 'revoked';
  const end = keyEnd(key);
  if (end !== null && end <= now) return 'expired';
  return key.replacedBy === null ? 'active' : 'rotated';
}

/**
 * When a key expires or its grace period ends, whichever is first; milliseconds since the epoch, null for a key without
 * an end.
 */
export function keyEnd({ expiresAt, graceEndsAt }: KeyTimes): number | null {
  const ends = [expiresAt, graceEndsAt].flatMap((end) => (end === null ? [] : [end.getTime()]));
  return ends.length === 0 ? null : Math.min(...ends);
}

/** A key as its user and admins see it. */
export function presentKey(key: ApiKeyEntity, now = Date.now()): ApiKey {
  const end = keyEnd(key);
  return {
    id: key.id,
    userId: key.userId,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    state: keyState(key, now),
    rateLimit: key.rateLimit,
    createdAt: key.createdAt.toISOString(),
    expiresAt: end === null ? null : new Date(end).toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    replacedBy: key.replacedBy,
  };
}
