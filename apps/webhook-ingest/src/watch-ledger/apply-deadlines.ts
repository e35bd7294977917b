import { Counter, type Registry } from 'prom-client';
import { type DataSource, type EntityManager } from 'typeorm';
import { one } from '../show-stats/one-row';

/** Time from receipt within which an event should be applied; seconds. An objective, see `docs/reference/slos.md`. */
const DEADLINE_SECONDS = 30;
/** Time from the receipt of an event until it is judged; seconds. Longer than the deadline, because outcomes travel. */
const JUDGED_AFTER_SECONDS = 40;
/** The first judgement after a start also covers this many seconds before it, in which the service may have stopped. */
const BEFORE_START_SECONDS = 60;
/** Maximum time between the receipt of an event, by the database's clock, and the commit of its row; seconds. */
const COMMIT_SECONDS = 10;

/** Judged up to here, by the database's clock. Text, because a JavaScript date would lose the microseconds. */
type Moment = string;

const START = `SELECT (now() - ${BEFORE_START_SECONDS + JUDGED_AFTER_SECONDS} * interval '1 second')::text AS moment`;

/**
 * An id from before the moment. Bounds the search by the primary key: the index by time may be unsummarized at its end,
 * so a search by time alone could read millions of rows.
 */
const FLOOR = `
  SELECT coalesce((
    SELECT id FROM webhook_events WHERE created_at < $1::timestamptz - ${COMMIT_SECONDS} * interval '1 second'
     ORDER BY id DESC LIMIT 1), 0) AS id`;

/** Ignored and invalid events are not applied, so they have no deadline. */
const JUDGE = `
  SELECT (now() - ${JUDGED_AFTER_SECONDS} * interval '1 second')::text AS moment,
         count(*)::integer AS events,
         count(*) FILTER (
           WHERE status = 'success' AND processed_at <= created_at + ${DEADLINE_SECONDS} * interval '1 second'
         )::integer AS met
    FROM webhook_events
   WHERE id > $2 AND created_at > $1::timestamptz
     AND created_at <= now() - ${JUDGED_AFTER_SECONDS} * interval '1 second'
     AND status NOT IN ('ignored', 'invalid')`;

/**
 * Counts, once for each event, whether it was applied within 30 s of its receipt. An event that waits, is retried or is
 * dead missed its deadline, so the counter also rises while user-sync does not run. A redriven event is not judged
 * again. Every replica judges every event: only ratios of the counter are meaningful.
 */
export class ApplyDeadlines {
  private readonly deadlines: Counter<'result'>;
  private judgedUntil: Moment | undefined;

  constructor(registry: Registry) {
    this.deadlines = new Counter({
      name: 'gatehouse_ingest_apply_deadlines_total',
      help: 'Events by whether they were applied within 30 s of their receipt: met, missed. Counted by every replica.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['met', 'missed']) this.deadlines.inc({ result }, 0);
  }

  /** Judges the events whose time has come since the last call. */
  async judge(dataSource: DataSource): Promise<void> {
    const { moment, events, met } = await dataSource.transaction('REPEATABLE READ', async (manager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      return judgeSince(manager, this.judgedUntil ?? (await one<{ moment: Moment }>(manager, START)).moment);
    });
    this.judgedUntil = moment;
    this.deadlines.inc({ result: 'met' }, met);
    this.deadlines.inc({ result: 'missed' }, events - met);
  }
}

async function judgeSince(
  manager: EntityManager,
  since: Moment,
): Promise<{ moment: Moment; events: number; met: number }> {
  const { id } = await one<{ id: string }>(manager, FLOOR, [since]);
  return one(manager, JUDGE, [since, id]);
}
