import { type TrustChange, trustChangeSchema, maxTrustChangesPerMessage } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { EPOCH } from './epoch';

/** The last assigned number, and the run of the server that it comes from. */
export interface TrustChangePosition {
  readonly current: number;
  readonly epoch: string;
}

/** Trust changes after a number, at most as many as fit into one message. */
export interface TrustChangesAfter extends TrustChangePosition {
  /** Trust changes up to this number may have been deleted. */
  readonly floor: number;
  /** Whether no replica has noted this epoch yet, see `noteEpoch`. */
  readonly isNewEpoch: boolean;
  readonly changes: TrustChange[];
}

interface Row {
  current: string;
  epoch: string;
  floor: string;
  is_new_epoch: boolean;
  number: string | null;
  kind: string;
  reason: string;
  user_id: string | null;
  clerk_user_id: string | null;
  key_id: string | null;
  session_id: string | null;
  at: Date;
}

/** Reads the last assigned number. */
export async function loadPosition(manager: EntityManager): Promise<TrustChangePosition> {
  const rows = await manager.query<{ number: string; epoch: string }[]>(
    `SELECT number, ${EPOCH} AS epoch FROM change_counter`,
  );
  return { current: Number(rows[0]?.number ?? 0), epoch: rows[0]?.epoch ?? '' };
}

/** Reads the current number and the trust changes after `after` in one statement, so that they agree. */
export async function loadTrustChanges(manager: EntityManager, after: number): Promise<TrustChangesAfter> {
  const rows = await manager.query<Row[]>(
    `SELECT c.number AS current, ${EPOCH} AS epoch, c.epoch IS DISTINCT FROM ${EPOCH} AS is_new_epoch,
            coalesce((SELECT min(number) - 1 FROM changes), c.number) AS floor, later.*
       FROM change_counter c
       LEFT JOIN LATERAL (
         SELECT number, kind, reason, user_id, clerk_user_id, key_id, session_id, at
           FROM changes WHERE number > $1 ORDER BY number LIMIT ${maxTrustChangesPerMessage}) AS later ON true
      ORDER BY later.number`,
    [after],
  );
  return {
    current: Number(rows[0]?.current ?? 0),
    epoch: rows[0]?.epoch ?? '',
    floor: Number(rows[0]?.floor ?? 0),
    isNewEpoch: rows[0]?.is_new_epoch ?? false,
    changes: rows.filter(({ number }) => number !== null).map(toChange),
  };
}

function toChange(row: Row): TrustChange {
  return trustChangeSchema.parse({
    number: Number(row.number),
    kind: row.kind,
    reason: row.reason,
    at: row.at.getTime(),
    userId: row.user_id,
    clerkUserId: row.clerk_user_id,
    keyId: row.key_id,
    sessionId: row.session_id,
  });
}
