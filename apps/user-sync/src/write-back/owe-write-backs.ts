import { type Statement, write } from '@gatehouse/persistence';
import { type Change } from '../apply-event/change';
import { type UserDraft } from '../apply-event/user-draft';
import { type WriteBackEntity } from '../database/write-back.entity';

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
 * Owes what a batch has made here, and ends what was owed of users whom it has deleted. What it only brings over from
 * Clerk is never owed: two Gatehouses on one Clerk instance would answer each other for ever.
 */
export function oweForBatch(drafts: readonly UserDraft[], changes: readonly Change[]): Statement[] {
  const owed = drafts.flatMap(({ userId, existed, content, deletedBy, adopted }): Owed[] => {
    if (userId === null || deletedBy !== undefined) return [];
    if (adopted !== undefined) return [{ userId, reason: 'link' }];
    return !existed && content !== undefined ? [{ userId, reason: 'create' }] : [];
  });
  const gone = drafts.flatMap(({ userId, existed, deletedBy }) =>
    existed && deletedBy !== undefined && userId !== null ? [userId] : [],
  );
  return [
    ...oweWriteBacks(
      owed,
      changes.every(({ story }) => story.source === 'reconcile'),
    ),
    ...(gone.length === 0
      ? []
      : [write('end-write-backs', 'DELETE FROM write_backs WHERE user_id = ANY($1::uuid[])', [gone])]),
  ];
}
