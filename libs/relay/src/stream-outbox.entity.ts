import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A row that has changed since it was published. Triggers write it in the transaction of the change. A service with a
 * stream lists this entity.
 */
@Entity('stream_outbox')
export class StreamOutboxEntity {
  /** The rest of the subject, such as the id of a user. */
  @PrimaryColumn('text', { name: 'key', primaryKeyConstraintName: 'stream_outbox_pkey' })
  key!: string;

  /** Version of the row after the last change. */
  @Column('bigint', { name: 'version' })
  version!: string;

  /** Public fields that changed. */
  @Column('text', { name: 'changed', array: true, default: {} })
  changed!: string[];

  /** Time of the first change that is not published. */
  @Column({ type: 'timestamptz', name: 'enqueued_at', precision: 3, default: () => 'clock_timestamp()' })
  enqueuedAt!: Date;
}
