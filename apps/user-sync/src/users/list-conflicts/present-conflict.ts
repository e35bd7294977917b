import { type UserConflict } from '@gatehouse/contracts';
import { type UserConflictEntity } from '../../database/user-conflict.entity';

/** A conflict as returned to admins; without the address. */
export function presentConflict(row: UserConflictEntity): Omit<UserConflict, 'id'> {
  const { kind, claimant, holder, reason, detectedAt, resolvedAt } = row;
  return {
    ...{ kind, claimant, holder, reason },
    detectedAt: detectedAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  };
}
