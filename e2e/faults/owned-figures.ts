import { eventually } from '@gatehouse/testing';
import { type FaultWorld } from './fault-world';

/** What becomes of a reservation. */
export type Final = 'committed' | 'released' | 'expired';

/** What users were told is stored: titles of items, names of uploads, and reservations by their id. */
export interface Acknowledged {
  readonly items: string[];
  readonly uploads: string[];
  readonly reservations: Map<string, Final>;
}

/** What is wrong with the database, compared with what was acknowledged. */
export interface OwnedCounts {
  /** Acknowledged writes that are not there, or reservations in another state. */
  readonly missing: number;
  /** Rows that are there twice, or that nobody asked for. */
  readonly extra: number;
  /** Balances that are not the sum of their ledger, or not that of the reservations and uploads. */
  readonly wrong: number;
}

const OPEN = `SELECT FROM quota_reservations WHERE user_id = ANY ($1) AND state = 'open'`;
const ROWS = `
  SELECT 'item' AS kind, title AS name FROM items WHERE user_id = ANY ($1)
   UNION ALL
  SELECT 'upload', name FROM uploads WHERE user_id = ANY ($1)
   UNION ALL
  SELECT state, id::text FROM quota_reservations WHERE user_id = ANY ($1)`;
const WRONG_BALANCES = `
  SELECT
    FROM quota_periods b
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(amount) FILTER (WHERE type IN ('consume', 'commit')), 0) AS used,
            count(*) FILTER (WHERE type = 'reserve') AS reserves
       FROM quota_movements m WHERE m.user_id = b.user_id AND m.kind = b.kind AND m.period = b.period) AS ledger
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(committed_amount), 0) AS used, count(*) AS reserves,
            coalesce(sum(amount) FILTER (WHERE state = 'open'), 0) AS reserved
       FROM quota_reservations r WHERE r.user_id = b.user_id AND r.kind = b.kind AND r.period = b.period) AS held
   CROSS JOIN LATERAL (
     SELECT count(*) AS used FROM uploads u WHERE u.user_id = b.user_id AND b.kind = 'uploads') AS recorded
   WHERE b.user_id = ANY ($1)
     AND (b.used <> ledger.used OR b.used <> held.used + recorded.used OR b.reserved <> held.reserved
          OR ledger.reserves <> held.reserves)`;

/** Waits until no reservation of the users is open, and compares the database with what was acknowledged. */
export async function countOwned(
  world: FaultWorld,
  userIds: readonly string[],
  { items, uploads, reservations }: Acknowledged,
  timeoutMs: number,
): Promise<OwnedCounts> {
  const query = <Row extends object>(text: string) => world.postgres.query<Row>('data', text, [userIds]);
  await eventually(async () => (await query(OPEN)).length === 0, { timeoutMs, intervalMs: 200 });
  const rows = (await query<{ kind: string; name: string }>(ROWS)).map(({ kind, name }) => `${kind} ${name}`);
  const found = new Set(rows);
  const wanted = new Set([
    ...items.map((title) => `item ${title}`),
    ...uploads.map((name) => `upload ${name}`),
    ...[...reservations].map(([id, final]) => `${final} ${id}`),
  ]);
  const missing = [...wanted].filter((row) => !found.has(row)).length;
  return { missing, extra: rows.length - (wanted.size - missing), wrong: (await query(WRONG_BALANCES)).length };
}
