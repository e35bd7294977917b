import { type Statement, runStatements } from '@gatehouse/persistence';
import { type DataSource } from 'typeorm';
import { redriveResent } from '../redrive-events/redrive-resent';
import { type Delivery, type Recorded } from './delivery';

interface Inserted {
  readonly webhook_id: string;
  readonly id: string;
  readonly created_at: Date;
}

/**
 * Inserts rows in the order of their webhook id, so that replicas that insert the same ids wait for each other and
 * never deadlock. The bodies are sent as one block of bytes, from which the database cuts each body. An array of
 * `bytea` would be sent as text instead of bytes.
 */
const INSERT = `
  WITH incoming AS (
    SELECT * FROM unnest(
      $1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::integer[], $13::integer[], $14::integer[], $16::timestamptz[]
    ) AS row (
      webhook_id, event_type, status, processed_data, instance_id, clerk_user_id, occurred_at, source_ip, user_agent,
      correlation_id, signing_secret, max_retries, body_start, body_length,
      sent_at
    )
  ), recorded AS (
    INSERT INTO webhook_events (
      webhook_id, event_type, status, processed_data, processed_at, instance_id, clerk_user_id, occurred_at, source_ip,
      user_agent, correlation_id, signing_secret, max_retries, sent_at, publish_number
    )
    SELECT webhook_id, event_type, status, processed_data, CASE status WHEN 'ignored' THEN now() END, instance_id,
           clerk_user_id, occurred_at, source_ip, user_agent, correlation_id, signing_secret, max_retries, sent_at,
           CASE status WHEN 'ignored' THEN 0 ELSE 1 END
      FROM incoming ORDER BY webhook_id COLLATE "C"
    ON CONFLICT (webhook_id) DO NOTHING
    RETURNING id, webhook_id, created_at
  ), bodies AS (
    INSERT INTO event_bodies (event_id, created_at, body)
    SELECT recorded.id, recorded.created_at, substring($15::bytea FROM body_start + 1 FOR body_length)
      FROM recorded JOIN incoming USING (webhook_id)
  )
  SELECT id, webhook_id, created_at FROM recorded`;

/**
 * Records deliveries with different ids in one transaction. A delivery whose id is already in the ledger is a
 * duplicate; if the event is dead, the duplicate redrives the event.
 */
export async function insertDeliveries(
  dataSource: DataSource,
  deliveries: readonly Delivery[],
  maxRetries: number,
): Promise<Map<string, Recorded>> {
  const column = <Value>(read: (delivery: Delivery) => Value): Value[] => deliveries.map(read);
  let end = 0;
  const starts = column(({ body }) => (end += body.length) - body.length);
  const insert: Statement<Inserted[]> = {
    name: 'insert-deliveries',
    text: INSERT,
    values: [
      column(({ webhookId }) => webhookId),
      column(({ eventType }) => eventType),
      column(({ ignored }) => (ignored === undefined ? 'pending' : 'ignored')),
      column(({ ignored }) => (ignored === undefined ? null : JSON.stringify({ ...ignored, userId: null }))),
      column(({ instanceId }) => instanceId),
      column(({ clerkUserId }) => clerkUserId),
      column(({ occurredAt }) => occurredAt?.toISOString() ?? null),
      column(({ sourceIp }) => sourceIp),
      column(({ userAgent }) => userAgent),
      column(({ correlationId }) => correlationId),
      column(({ signingSecret }) => signingSecret),
      column(() => maxRetries),
      starts,
      column(({ body }) => body.length),
      Buffer.concat(column(({ body }) => body)),
      column(({ sentAt }) => sentAt.toISOString()),
    ],
    read: (rows) => rows,
  };
  const [inserted] = await runStatements(dataSource.manager, [insert]);
  const result = new Map<string, Recorded>(deliveries.map(({ webhookId }) => [webhookId, { result: 'duplicate' }]));
  for (const { webhook_id: webhookId, id, created_at: receivedAt } of inserted) {
    result.set(webhookId, { result: 'recorded', id, receivedAt });
  }
  const duplicates = deliveries.filter(({ webhookId }) => result.get(webhookId)?.result === 'duplicate');
  for (const [webhookId, redriveId] of await redriveResent(dataSource, duplicates)) {
    result.set(webhookId, { result: 'redriven', redriveId });
  }
  return result;
}
