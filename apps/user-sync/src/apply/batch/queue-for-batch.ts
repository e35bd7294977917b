import { type Statement } from '@gatehouse/persistence';
import { heldValues } from '../../clerk-user/company-metadata';
import { wantedValues } from '../../write-back/metadata/compare-metadata';
import { fingerprintOf } from '../../write-back/metadata/metadata-value';
import { endCollisions } from '../../write-back/metadata/record-collisions';
import {
  type QueuedWriteBack,
  endWriteBacks,
  queueChecks,
  queueWriteBacks,
} from '../../write-back/queue/queue-write-backs';
import { type UserDraft } from '../draft/user-draft';
import { type Observation } from '../observation/observation';

/**
 * Queues write-backs for what a batch has made here, and checks of the users whose metadata has changed since it was last
 * read; ends the write-backs of users that the batch deletes.
 */
export function queueForBatch(
  drafts: readonly UserDraft[],
  observations: readonly Observation[],
  metadataKey: string | undefined,
): Statement[] {
  const owed = drafts.flatMap(({ userId, existed, content, deletedBy, adopted }): QueuedWriteBack[] => {
    if (userId === null || deletedBy !== undefined) return [];
    if (adopted !== undefined) return [{ userId, reason: 'link' }];
    return !existed && content !== undefined ? [{ userId, reason: 'create' }] : [];
  });
  const gone = drafts.flatMap(({ userId, existed, deletedBy }) =>
    existed && deletedBy !== undefined && userId !== null ? [userId] : [],
  );
  const isOwed = new Set(owed.map(({ userId }) => userId));
  const toCheck = drafts.flatMap((draft) => {
    const { userId, deletedBy } = draft;
    if (userId === null || deletedBy !== undefined || isOwed.has(userId)) return [];
    return isCheckNeeded(draft, metadataKey) ? [userId] : [];
  });
  return [
    ...queueWriteBacks(
      owed,
      observations.every(({ origin }) => origin.source === 'reconcile'),
    ),
    ...queueChecks(toCheck),
    ...endWriteBacks(gone),
    ...endCollisions(gone, false),
  ];
}

/** Whether Clerk may hold values at our keys that have not been checked. */
function isCheckNeeded({ userId, role, metadata, writeBack }: UserDraft, key: string | undefined): boolean {
  if (metadata === undefined || userId === null || role === null) return false;
  const held = heldValues(metadata, key);
  if (fingerprintOf(held) === writeBack.seen) return false;
  if (writeBack.state !== 'pending') return true;
  // The echo of a write whose end is not recorded yet.
  const wanted = wantedValues({ userId, role }, key);
  return held.size !== wanted.size || [...wanted].some(([path, value]) => held.get(path) !== value);
}
