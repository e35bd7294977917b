import { type DataSource } from 'typeorm';

/** Why an event is owed to the stream once more. */
export type Loss = 'other_stream' | 'beyond_stream' | 'no_outcome';

/** The stream as it was when the ledger's clock showed `asOf`. */
export interface StreamSeen {
  /** The database's clock, read before the stream was looked at: later publishes are not judged. */
  readonly asOf: string;
  readonly createdAt: Date;
  readonly lastSequence: number;
  /** Up to which an event without an outcome will never have one. */
  readonly settledSequence: number;
}

/** The database's present, to the microsecond, as it is compared with. */
export async function databaseNow(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<{ now: string }[]>('SELECT now()::text AS now');
  return row?.now ?? '';
}

/** Four ranges of one index; empty in good times. Rows that somebody else is changing are left for the next look. */
const OWE = `
  WITH found AS (
    (SELECT id, publish_number, 'other_stream' AS why FROM webhook_events
      WHERE status = 'processing' AND published_at < $2::timestamptz AND stream_created_at < $1
      ORDER BY stream_created_at, stream_sequence LIMIT $5)
    UNION ALL
    (SELECT id, publish_number, 'other_stream' FROM webhook_events
      WHERE status = 'processing' AND published_at < $2::timestamptz AND stream_created_at > $1
      ORDER BY stream_created_at, stream_sequence LIMIT $5)
    UNION ALL
    (SELECT id, publish_number, 'beyond_stream' FROM webhook_events
      WHERE status = 'processing' AND published_at < $2::timestamptz AND stream_created_at = $1 AND stream_sequence > $3
      ORDER BY stream_created_at, stream_sequence LIMIT $5)
    UNION ALL
    (SELECT id, publish_number, 'no_outcome' FROM webhook_events
      WHERE status = 'processing' AND published_at < $2::timestamptz AND stream_created_at = $1 AND stream_sequence <= $4
      ORDER BY stream_created_at, stream_sequence LIMIT $5)
  ), lost AS (
    SELECT event.id, found.why FROM webhook_events AS event
      JOIN (SELECT * FROM found LIMIT $5) AS found USING (id)
     WHERE event.status = 'processing' AND event.published_at IS NOT NULL
       AND event.publish_number = found.publish_number
     ORDER BY event.id FOR UPDATE OF event SKIP LOCKED
  ), owed AS (
    UPDATE webhook_events AS event
       SET published_at = NULL, publish_number = event.publish_number + 1, lease_until = NULL, updated_at = now()
      FROM lost WHERE event.id = lost.id
  )
  SELECT why, count(*)::integer AS rows FROM lost GROUP BY why`;

/**
 * Makes events that the stream has lost owed to it again, under a raised publish number; at most `limit`. Tells how many,
 * and why.
 */
export async function oweLostEvents(
  dataSource: DataSource,
  { createdAt, asOf, lastSequence, settledSequence }: StreamSeen,
  limit: number,
): Promise<{ why: Loss; rows: number }[]> {
  return dataSource.query(OWE, [createdAt.toISOString(), asOf, lastSequence, settledSequence, limit]);
}
