import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A deleted user whose data is to be erased, or was. Rows stay, so that the tombstones that every start reads again
 * cause no work. Only the worker sees them.
 */
@Entity('user_erasures')
@Index('user_erasures_pending_idx', ['noticedAt'], { where: 'erased_at IS NULL' })
export class UserErasureEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'user_erasures_pkey' })
  userId!: string;

  /** Version of the user's tombstone. */
  @Column('bigint', { name: 'version' })
  version!: string;

  /** When the database of users was last restored, in milliseconds since 1970; 0 if never. Versions start again then. */
  @Column('bigint', { name: 'generation' })
  generation!: string;

  /** When user-data learned of the deletion. The data is kept for a time after it. */
  @Column('timestamptz', { name: 'noticed_at', default: () => 'now()' })
  noticedAt!: Date;

  /** Before this time no replica begins: one is at work, or the last attempt failed. */
  @Column('timestamptz', { name: 'retry_at', default: () => 'now()' })
  retryAt!: Date;

  /** Attempts so far. */
  @Column('integer', { name: 'attempts', default: 0 })
  attempts!: number;

  /** When the last row was deleted; null while the erasure is pending. */
  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
