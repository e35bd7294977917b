import { type MetadataCollision } from '@gatehouse/contracts';
import { type MetadataCollisionEntity } from '../../database/metadata-collision.entity';
import { type UserEntity } from '../../database/user.entity';
import { wantedValues } from '../metadata/compare-metadata';

/** A metadata collision as admins see it. `metadataKey`: the configured key that holds our values, if any. */
export function presentCollision(
  row: MetadataCollisionEntity,
  user: Pick<UserEntity, 'id' | 'clerkUserId' | 'role'>,
  metadataKey: string | undefined,
): MetadataCollision {
  const { id, userId, key, shown, state, detectedAt, decidedAt, endedAt } = row;
  const wanted = wantedValues({ userId: user.id, role: user.role }, metadataKey);
  return {
    ...{ id, userId, clerkUserId: user.clerkUserId, key, clerkValue: shown },
    ourValue: wanted.get(key) ?? null,
    state,
    detectedAt: detectedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}
