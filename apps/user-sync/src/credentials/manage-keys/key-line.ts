import { type ReplyOf, maxGraceHours, type revokeKey } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { ApiKeyEntity } from '../../database/api-key.entity';
import { keyEnd, keyState } from './present-key';

/**
 * The keys before and after one API key in a chain of rotations, in which each key replaced the one before it. Keys
 * that were replaced so long ago that their grace period must be over are not loaded.
 */
export interface KeyLine {
  /** Earlier keys, newest first: the key that this key replaced, and so on back to the oldest loaded key. */
  readonly predecessors: readonly ApiKeyEntity[];
  /** Later keys, oldest first: the key that replaced this key, and so on up to the newest key. */
  readonly successors: readonly ApiKeyEntity[];
}

/** Loads the line of a key. No lock is needed, because `replacedBy` never changes once it is set. */
export async function loadKeyLine(manager: EntityManager, key: ApiKeyEntity): Promise<KeyLine> {
  const keys = await manager
    .createQueryBuilder(ApiKeyEntity, 'k')
    .where('k.userId = :userId', { userId: key.userId })
    .andWhere(
      `(k.createdAt > now() - :hours * interval '1 hour' OR k.graceEndsAt > now()
         OR (k.replacedBy IS NULL AND k.revokedAt IS NULL))`,
      {
        hours: maxGraceHours + 1,
      },
    )
    .getMany();
  const byId = new Map(keys.map((one) => [one.id, one]));
  const bySuccessor = new Map(keys.map((one) => [one.replacedBy, one]));
  return {
    predecessors: follow(key, ({ id }) => bySuccessor.get(id)),
    successors: follow(key, ({ replacedBy }) => (replacedBy === null ? undefined : byId.get(replacedBy))),
  };
}

/** The valid keys of `keys`, as clients see them. */
export function stillValid(keys: readonly ApiKeyEntity[]): ReplyOf<typeof revokeKey>['stillValid'] {
  return keys.filter(isValid).map((key) => {
    const end = keyEnd(key);
    return { id: key.id, prefix: key.prefix, until: end === null ? null : new Date(end).toISOString() };
  });
}

/** Whether a key is accepted now. */
export function isValid(key: ApiKeyEntity): boolean {
  const state = keyState(key, Date.now());
  return state === 'active' || state === 'rotated';
}

function follow(from: ApiKeyEntity, next: (key: ApiKeyEntity) => ApiKeyEntity | undefined): ApiKeyEntity[] {
  const line: ApiKeyEntity[] = [];
  for (let key = next(from); key !== undefined; key = next(key)) line.push(key);
  return line;
}
