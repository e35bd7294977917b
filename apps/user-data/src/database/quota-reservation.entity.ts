import { type QuotaKind } from '@gatehouse/contracts';
import { type ReservationState } from '@gatehouse/lifecycle';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A reservation of a quota. `lifecycle` defines its states. */
@Entity('quota_reservations')
@Check('quota_reservations_kind_check', `kind IN ('tokens', 'uploads')`)
@Check('quota_reservations_amount_check', 'amount > 0 AND committed_amount >= 0')
@Check(
  'quota_reservations_state_check',
  `state IN ('open', 'committed', 'released', 'expired') AND (state = 'open') = (settled_at IS NULL) AND (state = 'committed') = (committed_amount IS NOT NULL)`,
)
@Index('quota_reservations_open_idx', ['userId', 'kind', 'expiresAt'], { where: `state = 'open'` })
@Index('quota_reservations_expires_at_idx', ['expiresAt'], { where: `state = 'open'` })
@Index('quota_reservations_settled_at_idx', ['settledAt'], { where: 'settled_at IS NOT NULL' })
export class QuotaReservationEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'quota_reservations_pkey' })
  userId!: string;

  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'quota_reservations_pkey' })
  id!: string;

  @Column('text', { name: 'kind' })
  kind!: QuotaKind;

  /** First day of the month in which it was made. */
  @Column('date', { name: 'period' })
  period!: string;

  @Column('text', { name: 'state' })
  state!: ReservationState;

  @Column('bigint', { name: 'amount' })
  amount!: string;

  /** What was used; null unless it is committed. */
  @Column('bigint', { name: 'committed_amount', nullable: true })
  committedAmount!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  /** When it was committed or released, or has expired; null while it is open. */
  @Column({ type: 'timestamptz', name: 'settled_at', precision: 3, nullable: true })
  settledAt!: Date | null;

  /** What its last change left of the quota, so that a repeated request gets the same answer. */
  @Column('bigint', { name: 'balance_after' })
  balanceAfter!: string;
}
