import { type DataSource } from 'typeorm';

/** A row that a relay holds by lease until it is published. */
export interface Claim {
  readonly id: string;
  readonly publishNumber: number;
}

/** Rows that another relay holds are passed over; no lock outlives the statement. */
const CLAIM = `
  UPDATE webhook_events SET lease_until = now() + $2 * interval '1 millisecond', updated_at = now()
   WHERE id IN (
     SELECT id FROM webhook_events
      WHERE published_at IS NULL AND status IN ('pending', 'processing')
        AND created_at <= now() - $1 * interval '1 millisecond'
        AND (lease_until IS NULL OR lease_until <= now())
      ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
   )
  RETURNING id, publish_number AS "publishNumber"`;

/** Claims rows that are recorded for longer than `graceMs` and not published. */
export async function claimUnpublished(
  dataSource: DataSource,
  { graceMs, leaseMs, limit }: { readonly graceMs: number; readonly leaseMs: number; readonly limit: number },
): Promise<Claim[]> {
  const [rows] = await dataSource.query<[Claim[], number]>(CLAIM, [graceMs, leaseMs, limit]);
  return rows;
}
