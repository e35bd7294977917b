import { type Statement, write } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type ForeignValue } from './compare-metadata';
import { shownJson } from './metadata-value';

/**
 * States of a current collision: one that has not ended.
 * - `open`: no admin has decided yet.
 * - `taking`: an admin decided to write our value. It is not written yet.
 * - `left`: an admin decided to keep Clerk's value.
 */
export const currentStates = ['open', 'taking', 'left'] as const;

/** Condition for a current collision in `metadata_collisions`. */
export const CURRENT = `state IN ('${currentStates.join("', '")}')`;

/** A current collision, as a write-back needs it. */
export interface CurrentCollision {
  readonly id: string;
  readonly key: string;
  readonly digest: string;
  readonly state: (typeof currentStates)[number];
}

/** Foreign values that a check has found at Clerk. */
export interface FoundForeign {
  readonly userId: string;
  readonly foreign: readonly ForeignValue[];
}

/** Current collisions of these users, by user id. */
export async function currentCollisions(
  manager: EntityManager,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly CurrentCollision[]>> {
  const rows = await manager.query<(CurrentCollision & { user_id: string })[]>(
    `SELECT id, user_id, key, digest, state FROM metadata_collisions WHERE user_id = ANY($1::uuid[]) AND ${CURRENT}`,
    [userIds],
  );
  const byUser = new Map<string, CurrentCollision[]>();
  for (const { user_id: userId, ...collision } of rows) {
    byUser.set(userId, [...(byUser.get(userId) ?? []), collision]);
  }
  return byUser;
}

/** Ends collisions whose value Clerk no longer holds, and opens one for each new foreign value. */
export async function recordCollisions(manager: EntityManager, found: readonly FoundForeign[]): Promise<void> {
  const values = found.flatMap(({ userId, foreign }) =>
    foreign.map(({ key, digest, value }) => ({ user_id: userId, key, digest, shown: shownJson(value) })),
  );
  await manager.query(
    `UPDATE metadata_collisions AS c SET state = 'gone', ended_at = now()
      WHERE user_id = ANY($1::uuid[]) AND ${CURRENT}
        AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2) AS held(user_id uuid, key text, digest text)
                         WHERE held.user_id = c.user_id AND held.key = c.key AND held.digest = c.digest)`,
    [found.map(({ userId }) => userId), JSON.stringify(values)],
  );
  if (values.length === 0) return;
  await manager.query(
    `INSERT INTO metadata_collisions (user_id, key, digest, shown)
     SELECT user_id, key, digest, shown
       FROM jsonb_to_recordset($1) AS held(user_id uuid, key text, digest text, shown text)
     ON CONFLICT (user_id, key) WHERE ${CURRENT} DO NOTHING`,
    [JSON.stringify(values)],
  );
}

/** Ends collisions whose value Gatehouse has overwritten, because an admin decided so. */
export async function endTaken(manager: EntityManager, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await manager.query(
    `UPDATE metadata_collisions SET state = 'taken', ended_at = now() WHERE id = ANY($1::bigint[]) AND ${CURRENT}`,
    [ids],
  );
}

/** Ends the collisions of deleted users. With `erase`, deletes the stored copies of Clerk's values as well. */
export function endCollisions(userIds: readonly (string | null)[], erase: boolean): Statement[] {
  if (userIds.length === 0) return [];
  const end = write(
    'end-metadata-collisions',
    `UPDATE metadata_collisions
        SET state = 'gone', ended_at = now()
      WHERE user_id = ANY($1::uuid[]) AND ${CURRENT}`,
    [userIds],
  );
  const redact = write(
    'redact-metadata-collisions',
    'UPDATE metadata_collisions SET shown = NULL, digest = NULL WHERE user_id = ANY($1::uuid[])',
    [userIds],
  );
  return erase ? [end, redact] : [end];
}
