import { failpoint } from '@gatehouse/observability';
import { type DataSource } from 'typeorm';

/** The months whose partition was dropped, and the number of dropped bodies. */
export interface Dropped {
  readonly months: readonly string[];
  readonly bodies: number;
}

/** Reads the months, such as `202609`, that ended longer ago than the retention time. */
const OLD_MONTHS = `
  SELECT substring(child.relname FROM '[0-9]{6}$') AS month
    FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
   WHERE inhparent = 'event_bodies'::regclass AND child.relname ~ '^event_bodies_[0-9]{6}$'
     AND (to_date(substring(child.relname FROM '[0-9]{6}$'), 'YYYYMM') + interval '1 month') AT TIME ZONE 'UTC'
         <= now() - $1 * interval '1 day'
   ORDER BY 1`;

/**
 * Deletes up to `$2` old bodies of resolved events from the default partition. Such a body was kept when its month was
 * dropped, because its event was unresolved then.
 */
const DROP_RESOLVED = `
  DELETE FROM event_bodies_default WHERE (event_id, created_at) IN (
    SELECT body.event_id, body.created_at FROM event_bodies_default AS body
      LEFT JOIN webhook_events AS event ON event.id = body.event_id
     WHERE body.created_at < now() - $1 * interval '1 day'
       AND (event.id IS NULL OR event.status NOT IN ('pending', 'processing', 'failed'))
     ORDER BY body.created_at LIMIT $2
  )`;

const PORTION = 5_000;

/**
 * Drops bodies that are older than `days` days; keeps those of unresolved events (pending, processing or failed).
 *
 * First drops the partitions of whole months, and moves the kept bodies of each to the default partition. Then deletes
 * the old bodies in the default partition whose events have been resolved since.
 */
export async function dropOldBodies(dataSource: DataSource, days: number): Promise<Dropped> {
  const old = await dataSource.query<{ month: string }[]>(OLD_MONTHS, [days]);
  let bodies = 0;
  for (const { month } of old) {
    const [dropped] = await dataSource.query<{ bodies: string }[]>('SELECT drop_event_bodies_month($1) AS bodies', [
      month,
    ]);
    failpoint('after-drop');
    bodies += Number(dropped?.bodies ?? 0);
  }
  for (;;) {
    const [, removed] = await dataSource.query<[unknown, number]>(DROP_RESOLVED, [days, PORTION]);
    bodies += removed;
    if (removed < PORTION) break;
  }
  return { months: old.map(({ month }) => month), bodies };
}
