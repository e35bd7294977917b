import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/**
 * A numbered change of role, tier, activity or credential that gateways must learn. `trustChangeSchema` of the
 * contracts explains the columns.
 */
@Entity('changes')
@Index('changes_clerk_session_idx', ['sessionId'], { where: "kind = 'clerk_session'" })
export class TrustChangeEntity {
  @PrimaryColumn('bigint', { name: 'number', primaryKeyConstraintName: 'changes_pkey', transformer: numeric })
  number!: number;

  @Column('text', { name: 'kind' })
  kind!: string;

  @Column('text', { name: 'reason' })
  reason!: string;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { name: 'clerk_user_id', nullable: true })
  clerkUserId!: string | null;

  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('text', { name: 'session_id', nullable: true })
  sessionId!: string | null;

  @Column({ type: 'timestamptz', name: 'at', precision: 3, default: () => 'now()' })
  at!: Date;
}

/**
 * The number of the last trust change, in a single row. A transaction that records trust changes locks this row in its
 * last statement.
 */
@Entity('change_counter')
@Check('change_counter_single_check', 'id = 1')
export class TrustChangeCounterEntity {
  @PrimaryColumn('integer', { name: 'id', primaryKeyConstraintName: 'change_counter_pkey' })
  id!: number;

  @Column('bigint', { name: 'number', transformer: numeric })
  number!: number;

  /** The run of the PostgreSQL server that gives the numbers; null before user-sync has seen the first. */
  @Column('text', { name: 'epoch', nullable: true })
  epoch!: string | null;

  /** When user-sync first saw the epoch; null if it is the first one of the database. */
  @Column({ type: 'timestamptz', name: 'epoch_since', precision: 3, nullable: true })
  epochSince!: Date | null;
}
