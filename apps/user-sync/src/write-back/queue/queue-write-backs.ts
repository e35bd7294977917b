import { type Statement, write } from '@gatehouse/persistence';
import { type Change } from '../../apply/observation/observation';
import { type UserDraft } from '../../apply/draft/user-draft';
import { type WriteBackEntity } from '../../database/write-back.entity';
import { heldValues } from '../../clerk-user/company-metadata';
import { wantedValues } from '../metadata/judge-metadata';
import { fingerprintOf } from '../metadata/metadata-value';
import { endCollisions } from '../metadata/record-collisions';

/** Clerk allows ten writes of one user in 10 s, and we are not the only ones who write. */
export const BETWEEN_WRITES = `interval '2 seconds'`;

/** A user of whom something was changed here that Clerk is to know. */
export interface Owed {
  readonly userId: string;
  readonly reason: WriteBackEntity['reason'];
}

/**
 * Owes Clerk the newest values of these users, in the transaction that changes them. A user is owed once, however often it
 * is changed; `bulk`: nobody waits for these.
 */
export function oweWriteBacks(owed: readonly Owed[], bulk = false): Statement[] {
  if (owed.length === 0) return [];
  const owe = write(
    'owe-write-backs',
    `INSERT INTO write_backs AS w (user_id, state, reason, bulk)
     SELECT user_id, 'pending', reason, $3 FROM unnest($1::uuid[], $2::text[]) AS new(user_id, reason)
     ON CONFLICT (user_id) DO UPDATE
       SET state = 'pending', reason = excluded.reason, bulk = excluded.bulk AND (w.bulk OR w.state <> 'pending'),
           revision = w.revision + 1, retry_count = 0, error_code = NULL, error_message = NULL,
           owed_at = CASE w.state WHEN 'pending' THEN w.owed_at ELSE now() END,
           due_at = greatest(now(), w.written_at + ${BETWEEN_WRITES})`,
    [owed.map(({ userId }) => userId), owed.map(({ reason }) => reason), bulk],
  );
  return [owe];
}

/**
 * Queues a check of these users: Clerk's values at our keys are read, and no value that is not ours is overwritten. A
 * pending write stays pending, but reads Clerk's values again.
 */
function oweChecks(userIds: readonly string[]): Statement[] {
  if (userIds.length === 0) return [];
  const owe = write(
    'owe-metadata-checks',
    `INSERT INTO write_backs AS w (user_id, state, reason, bulk)
     SELECT user_id, 'pending', 'check', true FROM unnest($1::uuid[]) AS new(user_id)
     ON CONFLICT (user_id) DO UPDATE
       SET revision = w.revision + 1, state = 'pending',
           reason = CASE w.state WHEN 'pending' THEN w.reason ELSE 'check' END,
           bulk = w.state <> 'pending' OR w.bulk,
           retry_count = CASE w.state WHEN 'pending' THEN w.retry_count ELSE 0 END,
           owed_at = CASE w.state WHEN 'pending' THEN w.owed_at ELSE now() END,
           due_at = CASE w.state WHEN 'pending' THEN w.due_at ELSE greatest(now(), w.written_at + ${BETWEEN_WRITES}) END,
           error_code = CASE w.state WHEN 'pending' THEN w.error_code END,
           error_message = CASE w.state WHEN 'pending' THEN w.error_message END`,
    [userIds],
  );
  return [owe];
}

/**
 * Queues write-backs for what a batch has made here, and checks of the users whose metadata has changed since it was last
 * read; ends the write-backs of users that the batch deletes.
 */
export function oweForBatch(
  drafts: readonly UserDraft[],
  changes: readonly Change[],
  metadataKey: string | undefined,
): Statement[] {
  const owed = drafts.flatMap(({ userId, existed, content, deletedBy, adopted }): Owed[] => {
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
    ...oweWriteBacks(
      owed,
      changes.every(({ story }) => story.source === 'reconcile'),
    ),
    ...oweChecks(toCheck),
    ...endWriteBacks(gone),
    ...endCollisions(gone, false),
  ];
}

/** Ends write-backs of deleted users. What is known of their metadata stays while the deletion can be undone. */
function endWriteBacks(userIds: readonly string[]): Statement[] {
  if (userIds.length === 0) return [];
  const end = write(
    'end-write-backs',
    `UPDATE write_backs SET state = 'done', claim = NULL, claimed_until = NULL, error_code = NULL, error_message = NULL
      WHERE user_id = ANY($1::uuid[])`,
    [userIds],
  );
  return [end];
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
