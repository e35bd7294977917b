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
 * Queues write-backs of created and linked users, and checks of users whose metadata at Clerk has changed since it was
 * last read. Ends the write-backs of deleted users.
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

/** Whether `metadata`, the newest that was observed, may hold values at our keys that no check has compared yet. */
function isCheckNeeded(
  { userId, role, writeBack }: Pick<UserDraft['stored'], 'role' | 'writeBack'> & { readonly userId: string },
  metadata: UserDraft['metadata'],
  key: string | undefined,
): boolean {
  if (metadata === undefined || role === null) return false;
  const held = heldValues(metadata, key);
  if (fingerprintOf(held) === writeBack.seen) return false;
  if (writeBack.state !== 'pending') return true;
  // While a write is pending, no check is needed when Clerk's values equal ours: they are our own write, which Clerk
  // can report before we have recorded it.
  const wanted = wantedValues({ userId, role }, key);
  return held.size !== wanted.size || [...wanted].some(([path, value]) => held.get(path) !== value);
}
