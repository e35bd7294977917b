import { type WriteBackState } from '@gatehouse/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';
import { UserEntity } from './user.entity';

/**
 * Values at Clerk that are known to be Gatehouse's, by path. `written`: the last value that Clerk confirmed. `sent`: values
 * of requests whose answer is unknown, with the time (ISO 8601) at which they were about to be sent.
 */
export type OurValues = Readonly<Record<string, OurValue>>;

/** See {@link OurValues}. */
export interface OurValue {
  readonly written?: string;
  readonly sent?: readonly { readonly value: string; readonly at: string }[];
}

/** What Clerk is owed of a user: its id and role here. One row per user, so that several changes are one write. */
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

  /** The last change that is to be written. */
  @Column('text', { name: 'reason' })
  reason!: 'create' | 'link' | 'restore' | 'role' | 'retry' | 'check' | 'take';

  /** Nobody waits for it: it is one of the many of a walk over all users. */
  @Column('boolean', { name: 'bulk', default: false })
  bulk!: boolean;

  /** Raised with each change: a write that was begun before is not the last one. */
  @Column('bigint', { name: 'revision', default: 1, transformer: numeric })
  revision!: number;

  @Column('integer', { name: 'retry_count', default: 0 })
  retryCount!: number;

  /** Since when it is owed. */
  @Column({ type: 'timestamptz', name: 'owed_at', precision: 3, default: () => 'now()' })
  owedAt!: Date;

  @Column({ type: 'timestamptz', name: 'due_at', precision: 3, default: () => 'now()' })
  dueAt!: Date;

  /** Whose it is until `claimedUntil`. */
  @Column('uuid', { name: 'claim', nullable: true })
  claim!: string | null;

  @Column({ type: 'timestamptz', name: 'claimed_until', precision: 3, nullable: true })
  claimedUntil!: Date | null;

  /** Values at Clerk that are known to be ours; a value is here before it is sent. */
  @Column('jsonb', { name: 'ours', default: {} })
  ours!: OurValues;

  /** Fingerprint of what stood at our keys when Clerk was last asked. */
  @Column('text', { name: 'seen', nullable: true })
  seen!: string | null;

  /** When Clerk was last found, or made, to hold what stands here. */
  @Column({ type: 'timestamptz', name: 'written_at', precision: 3, nullable: true })
  writtenAt!: Date | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;
}
