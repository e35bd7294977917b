import { type EventState } from '@gatehouse/lifecycle';
import { Check, Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/**
 * A row of the ledger: a delivery with a valid signature, and the state of its event. The body is in `event_bodies`.
 */
@Entity({ name: 'webhook_events' })
@Unique('webhook_events_webhook_id', ['webhookId'])
@Check('webhook_events_status', `status IN ('pending', 'processing', 'success', 'failed', 'invalid', 'ignored')`)
@Index('webhook_events_unpublished', ['createdAt'], {
  where: `published_at IS NULL AND status IN ('pending', 'processing')`,
})
@Index('webhook_events_in_flight', ['streamCreatedAt', 'streamSequence'], {
  where: `status = 'processing' AND published_at IS NOT NULL`,
})
@Index('webhook_events_retry_due', ['nextRetryAt'], { where: `status = 'failed' AND next_retry_at IS NOT NULL` })
@Index('webhook_events_attention', ['status', 'id'], { where: `status IN ('failed', 'ignored')` })
@Index('webhook_events_by_type', ['eventType', 'id'])
@Index('webhook_events_by_user', ['clerkUserId', 'id'], { where: 'clerk_user_id IS NOT NULL' })
@Index('webhook_events_by_redrive', ['redriveId'], { where: 'redrive_id IS NOT NULL' })
// For erasures, which search the bodies of events without a user.
@Index('webhook_events_about_nobody', ['id'], { where: 'clerk_user_id IS NULL' })
// A BRIN index, which TypeORM cannot describe.
@Index('webhook_events_by_time', { synchronize: false })
export class WebhookEventEntity {
  /** Ascends with the time of recording. A string, because a bigint may not fit into a JavaScript number. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'webhook_events_pkey',
  })
  id!: string;

  @Column({ name: 'webhook_id', type: 'text' })
  webhookId!: string;

  @Column({ name: 'event_type', type: 'text' })
  eventType!: string;

  @Column({ type: 'text' })
  status!: EventState;

  @Column({ name: 'retry_count', type: 'integer', default: 0 })
  retryCount!: number;

  @Column({ name: 'max_retries', type: 'integer' })
  maxRetries!: number;

  @Column({ name: 'next_retry_at', type: 'timestamptz', nullable: true })
  nextRetryAt!: Date | null;

  @Column({ name: 'error_message', type: 'text', nullable: true })
  errorMessage!: string | null;

  @Column({ name: 'error_details', type: 'jsonb', nullable: true })
  errorDetails!: unknown;

  @Column({ name: 'processed_data', type: 'jsonb', nullable: true })
  processedData!: unknown;

  @Column({ name: 'processed_at', type: 'timestamptz', nullable: true })
  processedAt!: Date | null;

  @Column({ name: 'source_ip', type: 'text', nullable: true })
  sourceIp!: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'instance_id', type: 'text', nullable: true })
  instanceId!: string | null;

  /** The user of the event. */
  @Column({ name: 'clerk_user_id', type: 'text', nullable: true })
  clerkUserId!: string | null;

  @Column({ name: 'correlation_id', type: 'text' })
  correlationId!: string;

  /**
   * Fingerprint of the secret that made the signature. Null on rows that an older release without fingerprints wrote.
   */
  @Column({ name: 'signing_secret', type: 'text', nullable: true })
  signingSecret!: string | null;

  /**
   * Index, in the configured list, of the secret that made the signature. Only older releases without fingerprints
   * write it; they may run beside this release. A later release drops this column.
   */
  @Column({ name: 'signing_secret_index', type: 'smallint', nullable: true })
  signingSecretIndex!: number | null;

  @Column({ name: 'occurred_at', type: 'timestamptz', nullable: true })
  occurredAt!: Date | null;

  /**
   * When Clerk signed the last delivery that took effect: the event's first delivery, or a repeated one that redrove
   * the event.
   */
  @Column({ name: 'sent_at', type: 'timestamptz', nullable: true })
  sentAt!: Date | null;

  /**
   * Number of the event's last publish, or of its next one while `published_at` is null. A retry, a redrive and a
   * rebuild raise the number when they make the event unpublished again. The first publish has the number `1`. `0`: the
   * event was recorded as ignored and is not published.
   */
  @Column({ name: 'publish_number', type: 'integer' })
  publishNumber!: number;

  @Column({ name: 'published_at', type: 'timestamptz', nullable: true })
  publishedAt!: Date | null;

  @Column({ name: 'stream_sequence', type: 'bigint', nullable: true })
  streamSequence!: string | null;

  @Column({ name: 'stream_created_at', type: 'timestamptz', nullable: true })
  streamCreatedAt!: Date | null;

  /** End of the relay lease. */
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** The last redrive of the event. */
  @Column({ name: 'redrive_id', type: 'uuid', nullable: true })
  redriveId!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
