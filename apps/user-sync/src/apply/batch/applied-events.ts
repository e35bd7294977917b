import { type Statement, writeRows } from '@gatehouse/persistence';
import { type Observation, type Settled } from '../observation/observation';

/** One new row of `applied_events`. */
export interface AppliedRow {
  readonly observation: Observation;
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

/**
 * Finds which of these observations were already applied. Returns the earlier result of each, by the id of the
 * observation.
 */
export function findApplied(ids: readonly string[]): Statement<Map<string, Settled>> {
  return {
    name: 'find-applied',
    // LATERAL makes PostgreSQL look up each id in the index. A join could be planned as a table scan while the table is
    // small, and PostgreSQL keeps such a plan when the table grows.
    text: `SELECT a.webhook_id, a.user_id, a.decision, a.reason
             FROM unnest($1::text[]) AS asked(id),
             LATERAL (SELECT webhook_id, user_id, decision, reason FROM applied_events
                       WHERE webhook_id = asked.id LIMIT 1) AS a`,
    values: [[...new Set(ids)]],
    read: (rows: Row[]) =>
      new Map(
        rows.map(({ webhook_id, user_id, decision, reason }) => [
          webhook_id,
          { settled: true, userId: user_id, decision, reason, repeated: true },
        ]),
      ),
  };
}

/**
 * Records decisions, in the transaction that writes the users. So an event was applied if and only if its row exists.
 */
export function recordApplied(rows: readonly AppliedRow[]): Statement[] {
  return writeRows(
    'record-applied',
    `INSERT INTO applied_events (webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, version_seen,
       version_before, version_after, attempt, correlation_id)
     SELECT webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, version_seen, version_before,
       version_after, attempt, correlation_id
     FROM jsonb_to_recordset($1) AS new(webhook_id text, source text, event_type text, clerk_user_id text, user_id uuid,
       decision text, reason text, version_seen bigint, version_before bigint, version_after bigint, attempt integer,
       correlation_id text)`,
    rows.map(toRow),
  );
}

function toRow({ observation, result, versionBefore, versionAfter }: AppliedRow): Record<string, unknown> {
  const { origin, seen, clerkUserId } = observation;
  return {
    webhook_id: origin.id,
    source: origin.source,
    event_type: origin.eventType,
    clerk_user_id: clerkUserId,
    user_id: result.userId,
    decision: result.decision,
    reason: result.reason,
    version_seen: 'user' in seen ? seen.user.version : null,
    version_before: versionBefore,
    version_after: versionAfter,
    attempt: origin.attempt,
    correlation_id: origin.correlationId,
  };
}
