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
import { type UserDraft, adoptedUserOf, deletionOf, rowOf } from '../draft/user-draft';
import { type Observation } from '../observation/observation';

/**
 * Queues write-backs of created and linked users. Ends the write-backs of deleted users. Queues a check of a user when
 * the observed metadata differs from what the user's last check or write recorded. In a check, the worker reads Clerk's
 * metadata again and writes our values where it may.
 */
export function queueForBatch(
  drafts: readonly UserDraft[],
  observations: readonly Observation[],
  metadataKey: string | undefined,
): Statement[] {
  const queued = drafts.flatMap(writeBackFor);
  const isQueued = new Set(queued.map(({ userId }) => userId));
  const toCheck = drafts.flatMap(({ state, stored, metadata }) => {
    if (state.kind !== 'live' || isQueued.has(state.row.userId)) return [];
    return isCheckNeeded({ ...stored, userId: state.row.userId }, metadata, metadataKey) ? [state.row.userId] : [];
  });
  const deleted = drafts.flatMap((draft) => {
    const row = rowOf(draft);
    const deletion = deletionOf(draft);
    return row === undefined || deletion === undefined || deletion.insert !== undefined ? [] : [row.userId];
  });
  return [
    ...queueWriteBacks(
      queued,
      observations.every(({ origin }) => origin.source === 'reconcile'),
    ),
    ...queueChecks(toCheck),
    ...endWriteBacks(deleted),
    ...endCollisions(deleted, false),
  ];
}

function writeBackFor(draft: UserDraft): QueuedWriteBack[] {
  const { state } = draft;
  if (state.kind !== 'live') return [];
  const { userId } = state.row;
  if (adoptedUserOf(draft) !== undefined) return [{ userId, reason: 'link' }];
  return state.write.kind === 'insert' ? [{ userId, reason: 'create' }] : [];
}

/**
 * Whether the user needs a check. `metadata`: the newest metadata that was observed in the batch. A check is needed
 * when its values at our keys differ from those that the last check or write recorded (`writeBack.seen`).
 */
function isCheckNeeded(
  { userId, role, writeBack }: Pick<UserDraft['stored'], 'role' | 'writeBack'> & { readonly userId: string },
  metadata: UserDraft['metadata'],
  key: string | undefined,
): boolean {
  if (metadata === undefined || role === null) return false;
  const held = heldValues(metadata, key);
  if (fingerprintOf(held) === writeBack.seen) return false;
  if (writeBack.state !== 'pending') return true;
  // Clerk may already hold the values of a pending write-back: it stays pending until the worker records it as done. A
  // check is not needed if Clerk holds exactly the values that we want, whoever set them. The check would find nothing
  // to write.
  const wanted = wantedValues({ userId, role }, key);
  return held.size !== wanted.size || [...wanted].some(([path, value]) => held.get(path) !== value);
}
