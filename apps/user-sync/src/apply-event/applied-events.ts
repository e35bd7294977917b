import { type EntityManager } from 'typeorm';
import { type Change, type Settled } from './change';

/** One row of `applied_events` to be written. */
export interface AppliedRow {
  readonly change: Change;
  readonly result: Settled;
  readonly versionBefore: number | null;
  readonly versionAfter: number | null;
}

interface Row {
  webhook_id: string;
  user_id: string | null;
  decision: string;
  reason: string;
}

/** What was decided about those of these ids that were applied before. */
export async function findApplied(manager: EntityManager, ids: readonly string[]): Promise<Map<string, Settled>> {
  const rows = await manager.query<Row[]>(
    'SELECT webhook_id, user_id, decision, reason FROM applied_events WHERE webhook_id = ANY($1::text[])',
    [[...ids]],
  );
  return new Map(
    rows.map(({ webhook_id, user_id, decision, reason }) => [
      webhook_id,
      { settled: true, userId: user_id, decision, reason, repeated: true },
    ]),
  );
}

/** Records what was decided, in the transaction that does it: an event is applied exactly when its row is there. */
export async function recordApplied(manager: EntityManager, rows: readonly AppliedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await manager.query(
    `INSERT INTO applied_events (webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, version_seen,
       version_before, version_after, attempt, correlation_id)
     SELECT webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, version_seen, version_before,
       version_after, attempt, correlation_id
     FROM jsonb_to_recordset($1) AS new(webhook_id text, source text, event_type text, clerk_user_id text, user_id uuid,
       decision text, reason text, version_seen bigint, version_before bigint, version_after bigint, attempt integer,
       correlation_id text)`,
    [JSON.stringify(rows.map(toRow))],
  );
}

function toRow({ change, result, versionBefore, versionAfter }: AppliedRow): Record<string, unknown> {
  const { story, seen, clerkUserId } = change;
  return {
    webhook_id: story.id,
    source: story.source,
    event_type: story.eventType,
    clerk_user_id: clerkUserId,
    user_id: result.userId,
    decision: result.decision,
    reason: result.reason,
    version_seen: 'user' in seen ? seen.user.version : null,
    version_before: versionBefore,
    version_after: versionAfter,
    attempt: story.attempt,
    correlation_id: story.correlationId,
  };
}
