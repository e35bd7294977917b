import { type MovementType } from '@gatehouse/contracts';
import { type LimitKind } from '@gatehouse/lifecycle';
import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One entry of the quota ledger. Never changed. Columns that end in `After` are null for resources. */
@Entity('quota_movements')
@Check('quota_movements_kind_check', `kind IN ('tokens', 'uploads', 'items', 'templates', 'sessions')`)
@Check(
  'quota_movements_type_check',
  `type IN ('consume', 'reserve', 'commit', 'release', 'expire', 'grant', 'limit_set', 'limit_removed')`,
)
@Index('quota_movements_at_idx', ['at'])
export class QuotaMovementEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'quota_movements_pkey' })
  userId!: string;

  @PrimaryColumn('text', { name: 'kind', primaryKeyConstraintName: 'quota_movements_pkey' })
  kind!: LimitKind;

  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'quota_movements_pkey',
  })
  id!: string;

  @Column({ type: 'timestamptz', name: 'at', precision: 3 })
  at!: Date;

  @Column('text', { name: 'type' })
  type!: MovementType;

  @Column('bigint', { name: 'amount' })
  amount!: string;

  @Column('date', { name: 'period', nullable: true })
  period!: string | null;

  /** The reservation or the upload. */
  @Column('uuid', { name: 'subject_id', nullable: true })
  subjectId!: string | null;

  @Column('bigint', { name: 'used_after', nullable: true })
  usedAfter!: string | null;

  @Column('bigint', { name: 'reserved_after', nullable: true })
  reservedAfter!: string | null;

  /** With what was granted for the month. */
  @Column('bigint', { name: 'limit_after' })
  limitAfter!: string;

  /** Null for an expiry. */
  @Column('uuid', { name: 'actor_user_id', nullable: true })
  actorUserId!: string | null;

  /** The gateway's id of the request; null for an expiry. */
  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column('text', { name: 'reason', nullable: true })
  reason!: string | null;
}
