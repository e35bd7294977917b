import { type DataSource } from 'typeorm';

/**
 * Why an event must be published again.
 *
 * - `other_stream`: the event was published on a stream that was deleted or replaced.
 * - `beyond_stream`: the stream lost its newest messages, and the sequence of the event is above the last one left.
 * - `no_outcome`: the consumer acknowledged the event, and the outcome was lost.
 */
export type Loss = (typeof losses)[number];

/** Every {@link Loss}. */
export const losses = ['other_stream', 'beyond_stream', 'no_outcome'] as const;

/** State of the event stream just after the time `asOf` of the database's clock. */
export interface StreamSeen {
  /**
   * The database's time just before the state of the stream was read. Events that were published after this time are
   * not compared with the state.
   */
  readonly asOf: string;
  readonly createdAt: Date;
  readonly lastSequence: number;
  /** Settled floor: an event up to this sequence that has no outcome yet will never get one. 0 while unknown. */
  readonly settledSequence: number;
}

/** Current time of the database, as text with microseconds. */
export async function databaseNow(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<{ now: string }[]>('SELECT now()::text AS now');
  return row?.now ?? '';
}

/**
 * Reads four ranges of the index `webhook_events_in_flight`:
 * - events published on a stream that is older than the present one
 * - events published on a newer stream, for example before NATS was restored from an older backup
 * - events of the present stream above its last sequence
 * - events of the present stream up to the settled floor
 *
 * Normally all four are empty. Skips rows that are locked; the next round finds them.
 */
const REQUEUE = `
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
  ), requeued AS (
    UPDATE webhook_events AS event
       SET published_at = NULL, publish_number = event.publish_number + 1, lease_until = NULL, updated_at = now()
      FROM lost WHERE event.id = lost.id
  )
  SELECT why, count(*)::integer AS rows FROM lost GROUP BY why`;

/**
 * Finds events that the stream has lost. Marks at most `limit` of them as unpublished, under a new publish number.
 * Returns how many, by reason.
 */
export async function requeueLostEvents(
  dataSource: DataSource,
  { createdAt, asOf, lastSequence, settledSequence }: StreamSeen,
  limit: number,
): Promise<{ why: Loss; rows: number }[]> {
  return dataSource.query(REQUEUE, [createdAt.toISOString(), asOf, lastSequence, settledSequence, limit]);
}
