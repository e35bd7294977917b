import { type WriteBack } from '@gatehouse/contracts';
import { type WriteBackEntity } from '../../database/write-back.entity';

/** A write-back as admins see it. */
export function presentWriteBack(row: WriteBackEntity, clerkUserId: string | null): WriteBack {
  const { userId, state, reason, retryCount, errorCode, errorMessage } = row;
  return {
    ...{ userId, clerkUserId, state, reason, retryCount },
    owedAt: row.owedAt.toISOString(),
    dueAt: state === 'pending' ? row.dueAt.toISOString() : null,
    writtenAt: row.writtenAt?.toISOString() ?? null,
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}
