import {
  type MetadataDecision,
  type ParsedRequestOf,
  type decideMetadataCollisions,
  maxMetadataDecisions,
} from '@gatehouse/contracts';
import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { queueWriteBacks } from '../queue/queue-write-backs';
import { digestOf } from '../metadata/metadata-value';
import { CURRENT } from '../metadata/record-collisions';

type Selection = Pick<ParsedRequestOf<typeof decideMetadataCollisions>, 'ids' | 'filter'>;

const DECIDED = { take: 'taking', leave: 'left' } as const;

const SELECTED = `state = 'open' AND ($1::bigint[] IS NULL OR id = ANY($1::bigint[]))
  AND ($2::text IS NULL OR key = $2) AND ($3::text IS NULL OR digest = $3)`;

/** Number of open collisions that the selection matches. */
export async function countSelected(manager: EntityManager, selection: Selection): Promise<number> {
  const rows = await manager.query<{ matched: number }[]>(
    `SELECT count(*)::integer AS matched FROM metadata_collisions WHERE ${SELECTED}`,
    parametersOf(selection),
  );
  return rows[0]?.matched ?? 0;
}

/** Records a decision about the selected open collisions, at most 5000. Returns how many were decided. */
export async function decideSelected(
  manager: EntityManager,
  selection: Selection,
  decision: MetadataDecision,
): Promise<number> {
  const [rows] = await manager.query<[{ user_id: string }[], number]>(
    `WITH chosen AS (SELECT id FROM metadata_collisions WHERE ${SELECTED}
                      ORDER BY id LIMIT ${maxMetadataDecisions} FOR UPDATE)
     UPDATE metadata_collisions AS c SET state = $4, decided_at = now() FROM chosen WHERE c.id = chosen.id
     RETURNING c.user_id`,
    [...parametersOf(selection), DECIDED[decision]],
  );
  await queueTaking(
    manager,
    decision,
    rows.map(({ user_id }) => user_id),
    true,
  );
  return rows.length;
}

/**
 * Records a decision about one collision that has not ended, even if an admin has decided about it before. Returns
 * false when no such collision exists.
 */
export async function decideOne(manager: EntityManager, id: string, decision: MetadataDecision): Promise<boolean> {
  const [rows] = await manager.query<[{ user_id: string }[], number]>(
    `UPDATE metadata_collisions SET state = $2, decided_at = now()
      WHERE id = $1 AND ${CURRENT} RETURNING user_id`,
    [id, DECIDED[decision]],
  );
  await queueTaking(
    manager,
    decision,
    rows.map(({ user_id }) => user_id),
    false,
  );
  return rows.length > 0;
}

/**
 * For the decision `take`, queues write-backs that overwrite the values that are not ours. A value that has changed
 * since the decision is kept.
 */
async function queueTaking(
  manager: EntityManager,
  decision: MetadataDecision,
  userIds: readonly string[],
  bulk: boolean,
): Promise<void> {
  if (decision === 'leave') return;
  const users = [...new Set(userIds)].map((userId) => ({ userId, reason: 'take' as const }));
  await runStatements(manager, queueWriteBacks(users, bulk));
}

function parametersOf({ ids, filter }: Selection): unknown[] {
  const digest = filter?.value === undefined ? null : digestOf(filter.value);
  return [ids ?? null, filter?.key ?? null, digest];
}
