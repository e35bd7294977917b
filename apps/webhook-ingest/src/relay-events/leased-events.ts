import { transitions } from '@gatehouse/lifecycle';
import { type DataSource } from 'typeorm';
import { type PublishableEvent } from '../publish-event/publishable-event';
import { type LeasedEvent } from './lease-unpublished';

interface Row {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_type: string;
  readonly retry_count: number;
  readonly publish_number: number;
  readonly created_at: Date;
  readonly correlation_id: string;
  readonly body: Buffer | null;
}

const LOAD = `
  SELECT event.id, webhook_id, event_type, retry_count, publish_number, event.created_at, correlation_id, body
    FROM webhook_events AS event
    LEFT JOIN event_bodies AS stored ON stored.event_id = event.id AND stored.created_at = event.created_at
   WHERE event.id = ANY ($1::bigint[]) ORDER BY event.id`;

const RELEASE = `
  UPDATE webhook_events AS event SET lease_until = now() + $3 * interval '1 millisecond'
    FROM unnest($1::bigint[], $2::integer[]) AS leased (id, publish_number)
   WHERE event.id = leased.id AND event.publish_number = leased.publish_number AND published_at IS NULL`;

const FAILABLE = Object.entries(transitions).flatMap(([state, { failed }]) => (failed === 'failed' ? [state] : []));

const MARK_DEAD = `
  UPDATE webhook_events
     SET status = 'failed', error_message = 'the body is no longer stored', error_details = '{"code": "body_missing"}',
         processed_at = now(), next_retry_at = NULL, lease_until = NULL, updated_at = now()
   WHERE id = ANY ($1::bigint[]) AND status = ANY ($2::text[])`;

/** Loads the leased rows with their bodies. Marks rows without a body as dead, because they cannot be published. */
export async function loadLeased(dataSource: DataSource, leased: readonly LeasedEvent[]): Promise<PublishableEvent[]> {
  const rows = await dataSource.query<Row[]>(LOAD, [leased.map(({ id }) => id)]);
  const bodiless = rows.filter(({ body }) => body === null).map(({ id }) => id);
  if (bodiless.length > 0) await dataSource.query(MARK_DEAD, [bodiless, FAILABLE]);
  return rows.flatMap((row) =>
    row.body === null
      ? []
      : [
          {
            id: row.id,
            webhookId: row.webhook_id,
            eventType: row.event_type,
            attempt: row.retry_count,
            publishNumber: row.publish_number,
            receivedAt: row.created_at,
            correlationId: row.correlation_id,
            body: row.body,
          },
        ],
  );
}

/**
 * Gives up the relay leases of rows whose publish failed. The relay skips these rows for `pauseMs` milliseconds and
 * publishes others meanwhile.
 */
export async function releaseLeases(
  dataSource: DataSource,
  leased: readonly LeasedEvent[],
  pauseMs: number,
): Promise<void> {
  await dataSource.query(RELEASE, [
    leased.map(({ id }) => id),
    leased.map(({ publishNumber }) => publishNumber),
    pauseMs,
  ]);
}
