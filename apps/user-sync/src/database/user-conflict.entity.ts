import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A conflict of two users over one address. `holder` keeps the address. `claimant` is stored without it, or is a local
 * user who has it unverified. Never contains the address.
 */
@Entity('user_conflicts')
@Check('user_conflicts_kind_check', `kind IN ('email', 'phone')`)
@Index('user_conflicts_open_key', ['claimant', 'kind'], { unique: true, where: 'resolved_at IS NULL' })
@Index('user_conflicts_holder_idx', ['holder'])
export class UserConflictEntity {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'user_conflicts_pkey',
  })
  id!: string;

  @Column('text', { name: 'kind' })
  kind!: 'email' | 'phone';

  /** The Clerk id of a user who is stored without the address, or our id of a local user who has it unverified. */
  @Column('text', { name: 'claimant' })
  claimant!: string;

  /** The user who keeps the address: a Clerk id, or our id of a local user. */
  @Column('text', { name: 'holder' })
  holder!: string;

  @Column('text', { name: 'reason' })
  reason!: string;

  @Column({ type: 'timestamptz', name: 'detected_at', precision: 3, default: () => 'now()' })
  detectedAt!: Date;

  /**
   * When Clerk was last asked whether the claimant can have the address; null if Clerk was not asked since the conflict
   * was detected.
   */
  @Column({ type: 'timestamptz', name: 'checked_at', precision: 3, nullable: true })
  checkedAt!: Date | null;

  /** Earliest time of the next request to Clerk, if the last one failed; otherwise null. */
  @Column({ type: 'timestamptz', name: 'retry_at', precision: 3, nullable: true })
  retryAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt!: Date | null;
}
