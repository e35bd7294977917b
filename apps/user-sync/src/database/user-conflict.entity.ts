import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Two users claim one address: who keeps it, who is stored without it. For a person; never holds the address itself. */
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

  /** Who is stored without it: a Clerk id, or our id of a local user. */
  @Column('text', { name: 'claimant' })
  claimant!: string;

  /** Who keeps it: a Clerk id, or our id of a local user. */
  @Column('text', { name: 'holder' })
  holder!: string;

  @Column('text', { name: 'reason' })
  reason!: string;

  @Column({ type: 'timestamptz', name: 'detected_at', precision: 3, default: () => 'now()' })
  detectedAt!: Date;

  /** When Clerk was last asked, after `detectedAt`, whether the claimant may have it now. */
  @Column({ type: 'timestamptz', name: 'checked_at', precision: 3, nullable: true })
  checkedAt!: Date | null;

  /** Not to be asked for before, after a try that failed. */
  @Column({ type: 'timestamptz', name: 'retry_at', precision: 3, nullable: true })
  retryAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'resolved_at', precision: 3, nullable: true })
  resolvedAt!: Date | null;
}
