import { type LedgerSeries, type LedgerSeriesPoint, maxSeriesHours, maxSeriesPoints } from '@gatehouse/contracts';
import { type DataSource, type EntityManager } from 'typeorm';
import { one } from './one-row';

/** What a series is asked for. Times are texts of ISO 8601; `step` is in seconds. */
export interface SeriesRequest {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly step: number;
}

/** A span of time in milliseconds since the epoch, and its steps. The last step ends at `untilMs`. */
interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly stepMs: number;
}

const HOUR_MS = 3_600_000;

/** Parameters of each query: start and end of the span, and seconds of a step. */
const STEP = (column: string) => `date_bin($3 * interval '1 second', ${column}, $1::timestamptz) AS at`;

const RECEIVED = `
  SELECT ${STEP('created_at')}, count(*)::integer AS received, sum(retry_count)::integer AS retries,
         percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (
           ORDER BY greatest(extract(epoch FROM processed_at - created_at) * 1000, 0)::float8
         ) FILTER (WHERE status = 'success' AND retry_count = 0 AND redrive_id IS NULL) AS ms
    FROM webhook_events WHERE created_at >= $1::timestamptz AND created_at < $2::timestamptz GROUP BY 1`;

const REJECTED = `
  SELECT ${STEP('created_at')}, count(*)::integer AS rejected
    FROM rejected_deliveries WHERE created_at >= $1::timestamptz AND created_at < $2::timestamptz GROUP BY 1`;

/**
 * Events are searched by the time of their recording, which has an index, and their outcome comes after it. An event
 * whose outcome took longer than this is missing in the steps of its outcome; while it has none, it is in the backlog.
 */
const LOOKED_BACK = `$1::timestamptz - interval '1 day'`;

/** When an event got its outcome. user-sync's clock may be behind that of the database. */
const OUTCOME_AT = 'greatest(processed_at, created_at)';

/** Whether the outcome is the last one. Nobody can redrive an event whose payload was erased. */
const IS_FINAL = `(
  status IN ('success', 'ignored', 'invalid')
  OR status = 'failed' AND error_details ->> 'code' IS NOT DISTINCT FROM 'erased'
)`;

const OUTCOMES = `
  SELECT ${STEP(OUTCOME_AT)},
         count(*) FILTER (WHERE status = 'success')::integer AS applied,
         count(*) FILTER (WHERE status = 'failed')::integer AS failed,
         count(*) FILTER (WHERE status = 'ignored')::integer AS ignored,
         count(*) FILTER (WHERE ${IS_FINAL})::integer AS final
    FROM webhook_events
   WHERE created_at >= ${LOOKED_BACK} AND created_at < $2::timestamptz
     AND ${OUTCOME_AT} >= $1::timestamptz AND ${OUTCOME_AT} < $2::timestamptz GROUP BY 1`;

/** Events that were in the backlog at the start. Those that still are have partial indexes. */
const BACKLOG = `
  SELECT (SELECT count(*) FROM webhook_events
           WHERE created_at < $1::timestamptz AND published_at IS NULL AND status IN ('pending', 'processing'))
       + (SELECT count(*) FROM webhook_events
           WHERE created_at < $1::timestamptz AND published_at IS NOT NULL AND status = 'processing')
       + (SELECT count(*) FROM webhook_events
           WHERE created_at < $1::timestamptz AND status = 'failed' AND NOT ${IS_FINAL})
       + (SELECT count(*) FROM webhook_events
           WHERE created_at >= ${LOOKED_BACK} AND created_at < $1::timestamptz
             AND ${IS_FINAL} AND ${OUTCOME_AT} >= $1::timestamptz) AS rows`;

interface AtStep {
  readonly at: Date;
}

interface ReceivedRow extends AtStep {
  readonly received: number;
  readonly retries: number;
  readonly ms: (number | null)[] | null;
}

interface OutcomesRow extends AtStep {
  readonly applied: number;
  readonly failed: number;
  readonly ignored: number;
  readonly final: number;
}

interface RejectedRow extends AtStep {
  readonly rejected: number;
}

/**
 * Reads the course of event processing from the ledger itself, in one transaction. Nothing is sampled, so that it
 * survives restarts and is equal on all replicas.
 */
export function readSeries(dataSource: DataSource, request: SeriesRequest): Promise<LedgerSeries> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    const { now } = await one<{ now: Date }>(manager, 'SELECT now()');
    const span = spanOf(request, now.getTime());
    return {
      at: now.toISOString(),
      since: new Date(span.sinceMs).toISOString(),
      until: new Date(span.untilMs).toISOString(),
      stepSeconds: span.stepMs / 1_000,
      points: await readPoints(manager, span),
    };
  });
}

/**
 * The span that is asked for, shortened to {@link maxSeriesHours}, with a step that is long enough for
 * {@link maxSeriesPoints}. It begins at a multiple of the step. It is empty when its start is not before its end. It ends
 * in 1970 or later, because PostgreSQL refuses the ISO 8601 of years before 1.
 */
export function spanOf({ since, until, step }: SeriesRequest, nowMs: number): Span {
  const untilMs = until === undefined ? nowMs : Math.max(Math.min(Date.parse(until), nowMs), 0);
  const askedMs = since === undefined ? untilMs - HOUR_MS : Math.min(Date.parse(since), untilMs);
  const fromMs = Math.max(askedMs, untilMs - maxSeriesHours * HOUR_MS);
  // One step less, because the start moves back to a multiple of the step.
  const leastStep = Math.ceil((untilMs - fromMs) / (maxSeriesPoints - 1) / 1_000);
  const stepMs = Math.max(step, leastStep) * 1_000;
  const sinceMs = fromMs === untilMs ? untilMs : Math.floor(fromMs / stepMs) * stepMs;
  return { sinceMs, untilMs, stepMs };
}

async function readPoints(manager: EntityManager, { sinceMs, untilMs, stepMs }: Span): Promise<LedgerSeriesPoint[]> {
  const values = [new Date(sinceMs).toISOString(), new Date(untilMs).toISOString()];
  const steps = [...values, stepMs / 1_000];
  const received = byStep(await manager.query<ReceivedRow[]>(RECEIVED, steps));
  const outcomes = byStep(await manager.query<OutcomesRow[]>(OUTCOMES, steps));
  const rejected = byStep(await manager.query<RejectedRow[]>(REJECTED, steps));
  let backlog = Number((await one<{ rows: string }>(manager, BACKLOG, values.slice(0, 1))).rows);
  const points: LedgerSeriesPoint[] = [];
  for (let at = sinceMs; at < untilMs; at += stepMs) {
    const [came, left] = [received.get(at), outcomes.get(at)];
    backlog += (came?.received ?? 0) - (left?.final ?? 0);
    points.push({
      at: new Date(at).toISOString(),
      received: came?.received ?? 0,
      rejected: rejected.get(at)?.rejected ?? 0,
      applied: left?.applied ?? 0,
      failed: left?.failed ?? 0,
      ignored: left?.ignored ?? 0,
      retries: came?.retries ?? 0,
      p50Ms: came?.ms?.[0] ?? null,
      p99Ms: came?.ms?.[1] ?? null,
      backlog,
    });
  }
  return points;
}

function byStep<Row extends AtStep>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.at.getTime(), row]));
}
