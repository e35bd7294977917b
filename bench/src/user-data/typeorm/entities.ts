import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `items`. */
@Entity('items')
export class Item {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('uuid')
  id!: string;
  @Column('text')
  title!: string;
  @Column('text', { name: 'name_key' })
  nameKey!: string;
  @Column('text', { nullable: true })
  description!: string | null;
  @Column('integer')
  version!: number;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}

/** A row of `idempotency_keys`. */
@Entity('idempotency_keys')
export class StoredAnswer {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('bytea')
  id!: Buffer;
  @Column('bytea', { name: 'request_hash' })
  requestHash!: Buffer;
  @Column('json')
  answer!: object;
}

/** A row of `resource_counts`. */
@Entity('resource_counts')
export class ResourceCount {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('text')
  kind!: string;
  @Column('bigint')
  used!: string;
}

/** A row of `limit_overrides`. */
@Entity('limit_overrides')
export class LimitOverride {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('text')
  kind!: string;
  @Column('bigint')
  limit!: string;
}

/** A row of `quota_periods`. */
@Entity('quota_periods')
export class QuotaPeriod {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('text')
  kind!: string;
  @PrimaryColumn('date')
  period!: string;
  @Column('bigint', { name: 'tier_limit' })
  tierLimit!: string;
  @Column('bigint', { default: 0 })
  granted!: string;
  @Column('bigint', { default: 0 })
  used!: string;
  @Column('bigint', { default: 0 })
  reserved!: string;
}

/** A row of `quota_reservations`. */
@Entity('quota_reservations')
export class Reservation {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('uuid')
  id!: string;
  @Column('text')
  kind!: string;
  @Column('date')
  period!: string;
  @Column('text')
  state!: string;
  @Column('bigint')
  amount!: string;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
  @Column('bigint', { name: 'balance_after' })
  balanceAfter!: string;
}

/** A row of `quota_movements`. */
@Entity('quota_movements')
export class Movement {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
  @PrimaryColumn('text')
  kind!: string;
  @PrimaryColumn('bigint', { generated: 'identity' })
  id!: string;
  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;
  @Column('text')
  type!: string;
  @Column('bigint')
  amount!: string;
  @Column('date')
  period!: string;
  @Column('uuid', { name: 'subject_id' })
  subjectId!: string;
  @Column('bigint', { name: 'used_after' })
  usedAfter!: string;
  @Column('bigint', { name: 'reserved_after' })
  reservedAfter!: string;
  @Column('bigint', { name: 'limit_after' })
  limitAfter!: string;
  @Column('uuid', { name: 'actor_user_id' })
  actorUserId!: string;
}
