import { type LimitKind } from '@gatehouse/lifecycle';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The limit of a user in one kind, which an admin has set instead of the limit of the tier. */
@Entity('limit_overrides')
@Check('limit_overrides_kind_check', `kind IN ('tokens', 'uploads', 'items', 'templates', 'sessions')`)
@Check('limit_overrides_limit_check', `"limit" BETWEEN 0 AND 1000000000000000`)
export class LimitOverrideEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'limit_overrides_pkey' })
  userId!: string;

  @PrimaryColumn('text', { name: 'kind', primaryKeyConstraintName: 'limit_overrides_pkey' })
  kind!: LimitKind;

  @Column('bigint', { name: 'limit' })
  limit!: string;

  @Column('text', { name: 'reason', nullable: true })
  reason!: string | null;

  @Column({ type: 'timestamptz', name: 'set_at', precision: 3 })
  setAt!: Date;

  /** The admin. */
  @Column('uuid', { name: 'set_by' })
  setBy!: string;
}
