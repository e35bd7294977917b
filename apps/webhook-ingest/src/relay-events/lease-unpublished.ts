import { type DataSource } from 'typeorm';

/** A row under a relay lease: until the lease expires, no other relay publishes it. */
export interface LeasedEvent {
  readonly id: string;
  readonly publishNumber: number;
}

/** Skips rows under the lease of another relay. The row locks end with the statement; only `lease_until` remains. */
const LEASE = `
  UPDATE webhook_events SET lease_until = now() + $2 * interval '1 millisecond', updated_at = now()
   WHERE id IN (
     SELECT id FROM webhook_events
      WHERE published_at IS NULL AND status IN ('pending', 'processing')
        AND created_at <= now() - $1 * interval '1 millisecond'
        AND (lease_until IS NULL OR lease_until <= now())
      ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
   )
  RETURNING id, publish_number AS "publishNumber"`;

/** Acquires relay leases on unpublished rows that are older than `graceMs`; returns these rows. */
export async function leaseUnpublished(
  dataSource: DataSource,
  { graceMs, leaseMs, limit }: { readonly graceMs: number; readonly leaseMs: number; readonly limit: number },
): Promise<LeasedEvent[]> {
  const [rows] = await dataSource.query<[LeasedEvent[], number]>(LEASE, [graceMs, leaseMs, limit]);
  return rows;
}
