import { type Statement, write } from '@gatehouse/persistence';
import { type WriteBackEntity } from '../../database/write-back.entity';

/**
 * Minimum time between two writes of one user. Clerk allows ten writes of a user in 10 s, and other programs write too.
 */
export const BETWEEN_WRITES = `interval '2 seconds'`;

/** A user whose values at Clerk have to be written. */
export interface QueuedWriteBack {
  readonly userId: string;
  readonly reason: WriteBackEntity['reason'];
}

/**
 * Statements that queue a write-back of each user's newest values. Run them in the transaction that changes the users.
 * Several changes of one user become one write-back. `bulk`: nobody waits for these write-backs, so they come after all
 * others.
 */
export function queueWriteBacks(users: readonly QueuedWriteBack[], bulk = false): Statement[] {
  if (users.length === 0) return [];
  const statement = write(
    'queue-write-backs',
    `INSERT INTO write_backs AS w (user_id, state, reason, bulk)
     SELECT user_id, 'pending', reason, $3 FROM unnest($1::uuid[], $2::text[]) AS new(user_id, reason)
     ON CONFLICT (user_id) DO UPDATE
       SET state = 'pending', reason = excluded.reason, bulk = excluded.bulk AND (w.bulk OR w.state <> 'pending'),
           revision = w.revision + 1, retry_count = 0, error_code = NULL, error_message = NULL,
           owed_at = CASE w.state WHEN 'pending' THEN w.owed_at ELSE now() END,
           due_at = greatest(now(), w.written_at + ${BETWEEN_WRITES})`,
    [users.map(({ userId }) => userId), users.map(({ reason }) => reason), bulk],
  );
  return [statement];
}

/**
 * Statements that queue a check of these users: the worker reads Clerk's values at our keys again, and writes our values
 * where it may. A write-back that is already pending stays pending and keeps its due time.
 */
export function queueChecks(userIds: readonly string[]): Statement[] {
  if (userIds.length === 0) return [];
  const statement = write(
    'queue-metadata-checks',
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
  return [statement];
}

/**
 * Statements that end write-backs of deleted users. The rows keep what is known of Clerk's metadata, in case the
 * deletion is undone.
 */
export function endWriteBacks(userIds: readonly string[]): Statement[] {
  if (userIds.length === 0) return [];
  const end = write(
    'end-write-backs',
    `UPDATE write_backs SET state = 'done', claim = NULL, claimed_until = NULL, error_code = NULL, error_message = NULL
      WHERE user_id = ANY($1::uuid[])`,
    [userIds],
  );
  return [end];
}
