import { type WriteBackState } from '@gatehouse/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';
import { UserEntity } from './user.entity';

/**
 * Values that Gatehouse wrote to Clerk's metadata, by path, such as `role`. `written`: the last value that Clerk
 * confirmed. `sent`: values of requests whose result is unknown, each with the time (ISO 8601) just before it was sent.
 */
export type OurValues = Readonly<Record<string, OurValue>>;

/** See {@link OurValues}. */
export interface OurValue {
  readonly written?: string;
  readonly sent?: readonly { readonly value: string; readonly at: string }[];
}

/** The write-back of one user's id and role to Clerk. One row per user, so several changes become one write. */
@Entity('write_backs')
@Check('write_backs_state_check', `state IN ('pending', 'done', 'dead')`)
@Index('write_backs_due_idx', ['bulk', 'dueAt'], { where: `state = 'pending'` })
@Index('write_backs_owed_at_idx', ['owedAt'], { where: `state = 'pending'` })
@Index('write_backs_dead_idx', ['userId'], { where: `state = 'dead'` })
export class WriteBackEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'write_backs_pkey' })
  @ForeignKey(() => UserEntity, { name: 'write_backs_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('text', { name: 'state' })
  state!: WriteBackState;

  /** What queued the write-back last. */
  @Column('text', { name: 'reason' })
  reason!: 'create' | 'link' | 'restore' | 'role' | 'retry' | 'check' | 'take';

  /**
   * Whether this write-back is sent only after all that are not bulk. True for a write-back that nobody waits for: one
   * of a reconcile run, a check, or an admin's action on many users. False for one that follows a login, an event, or
   * an admin's action on one user.
   */
  @Column('boolean', { name: 'bulk', default: false })
  bulk!: boolean;

  /**
   * Incremented by each change that has to be written. If that happens during a write, the row stays pending after the
   * write.
   */
  @Column('bigint', { name: 'revision', default: 1, transformer: numeric })
  revision!: number;

  @Column('integer', { name: 'retry_count', default: 0 })
  retryCount!: number;

  /** Since when the write-back is pending. */
  @Column({ type: 'timestamptz', name: 'owed_at', precision: 3, default: () => 'now()' })
  owedAt!: Date;

  @Column({ type: 'timestamptz', name: 'due_at', precision: 3, default: () => 'now()' })
  dueAt!: Date;

  /** Id of the write-back lease, which ends at `claimedUntil`. */
  @Column('uuid', { name: 'claim', nullable: true })
  claim!: string | null;

  @Column({ type: 'timestamptz', name: 'claimed_until', precision: 3, nullable: true })
  claimedUntil!: Date | null;

  /** Values at Clerk that Gatehouse wrote. Each is recorded before it is sent. */
  @Column('jsonb', { name: 'ours', default: {} })
  ours!: OurValues;

  /**
   * SHA-256 of all values at Gatehouse's keys, as the last check found them or the last write left them. When a later
   * event shows values with another hash, a check is queued: the worker reads Clerk's values again and writes ours
   * where it may.
   */
  @Column('text', { name: 'seen', nullable: true })
  seen!: string | null;

  /** When the write-back was last completed. */
  @Column({ type: 'timestamptz', name: 'written_at', precision: 3, nullable: true })
  writtenAt!: Date | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;
}
