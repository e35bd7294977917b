import { type QuotaKind } from '@gatehouse/contracts';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** What a user has used of one quota in one month. A month without a movement has no row. */
@Entity('quota_periods')
@Check('quota_periods_kind_check', `kind IN ('tokens', 'uploads')`)
@Check('quota_periods_period_check', 'EXTRACT(day FROM period) = 1')
@Check('quota_periods_granted_check', 'granted BETWEEN 0 AND 1000000000000000')
@Check('quota_periods_used_check', 'used BETWEEN 0 AND 4000000000000000')
@Check('quota_periods_reserved_check', 'reserved BETWEEN 0 AND 4000000000000000')
export class QuotaPeriodEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'quota_periods_pkey' })
  userId!: string;

  @PrimaryColumn('text', { name: 'kind', primaryKeyConstraintName: 'quota_periods_pkey' })
  kind!: QuotaKind;

  /** First day of the month in UTC. */
  @PrimaryColumn('date', { name: 'period', primaryKeyConstraintName: 'quota_periods_pkey' })
  period!: string;

  /** Limit of the user's tier at the last movement; for the worker, which does not know the tier. */
  @Column('bigint', { name: 'tier_limit' })
  tierLimit!: string;

  /** What an admin has granted for this month. */
  @Column('bigint', { name: 'granted', default: 0 })
  granted!: string;

  /** Consumed and committed. */
  @Column('bigint', { name: 'used', default: 0 })
  used!: string;

  /** Held by open reservations. */
  @Column('bigint', { name: 'reserved', default: 0 })
  reserved!: string;

  /** Version of the quota in messages; 0 until the first change since release 0.4.0. A trigger counts it. */
  @Column('bigint', { name: 'version', default: 0 })
  version!: string;
}
