import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A quota that has changed since it was published. Not in `stream_outbox`, whose rows the relay of release 0.3.0 reads
 * without knowing quotas.
 */
@Entity('quota_outbox')
export class QuotaOutboxEntity {
  /** The rest of the subject: user, kind, and user again. */
  @PrimaryColumn('text', { name: 'key', primaryKeyConstraintName: 'quota_outbox_pkey' })
  key!: string;

  /** Version of the quota after the last change. */
  @Column('bigint', { name: 'version' })
  version!: string;

  /** Always empty: quotas do not say what changed. */
  @Column('text', { name: 'changed', array: true, default: {} })
  changed!: string[];

  /** Time of the first change that is not published. */
  @Column({ type: 'timestamptz', name: 'enqueued_at', precision: 3, default: () => 'clock_timestamp()' })
  enqueuedAt!: Date;
}
