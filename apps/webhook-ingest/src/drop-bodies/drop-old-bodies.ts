import { failpoint } from '@gatehouse/observability';
import { type DataSource } from 'typeorm';

/** What was dropped. */
export interface Dropped {
  readonly months: readonly string[];
  readonly bodies: number;
}

/** Months, as `YYYYMM`, whose last moment is older than the retention. */
const OLD_MONTHS = `
  SELECT substring(child.relname FROM '[0-9]{6}$') AS month
    FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
   WHERE inhparent = 'event_bodies'::regclass AND child.relname ~ '^event_bodies_[0-9]{6}$'
     AND (to_date(substring(child.relname FROM '[0-9]{6}$'), 'YYYYMM') + interval '1 month') AT TIME ZONE 'UTC'
         <= now() - $1 * interval '1 day'
   ORDER BY 1`;

/** What is left over of dropped months, once it is resolved; in portions, oldest first. */
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
 * Drops the bodies of resolved events that are older than so many days: whole months by their partition, and what had
 * been kept of earlier months because it was unresolved. Unresolved events keep theirs.
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
