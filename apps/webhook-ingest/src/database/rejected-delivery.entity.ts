import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A rejected delivery, without its body and signature. The number of rows and the rate of inserts are limited. */
@Entity({ name: 'rejected_deliveries' })
export class RejectedDeliveryEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'rejected_deliveries_pkey',
  })
  id!: string;

  @Column({ type: 'text' })
  reason!: string;

  /** Webhook id as the sender sent it; not verified. */
  @Column({ name: 'webhook_id', type: 'text', nullable: true })
  webhookId!: string | null;

  @Column({ name: 'webhook_timestamp', type: 'text', nullable: true })
  webhookTimestamp!: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'source_ip', type: 'text', nullable: true })
  sourceIp!: string | null;

  /**
   * Null when the delivery was rejected before its body was read; `bodySize` is then the length that the sender
   * declared.
   */
  @Column({ name: 'body_sha256', type: 'text', nullable: true })
  bodySha256!: string | null;

  @Column({ name: 'body_size', type: 'integer' })
  bodySize!: number;

  @Column({ name: 'correlation_id', type: 'text' })
  correlationId!: string;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
