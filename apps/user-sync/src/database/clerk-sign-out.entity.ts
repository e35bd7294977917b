import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A sign-out that Clerk has not confirmed yet: of one session, or of all sessions of a user. The row is deleted when
 * Clerk has revoked the sessions. While it exists, Gatehouse rejects them.
 */
@Entity('clerk_sign_outs')
@Index('clerk_sign_outs_due_at_idx', ['dueAt'])
export class ClerkSignOutEntity {
  @PrimaryColumn('text', { name: 'clerk_user_id', primaryKeyConstraintName: 'clerk_sign_outs_pkey' })
  clerkUserId!: string;

  /** The session to revoke. Empty: all sessions of the user that began before `before`, except those in `kept`. */
  @PrimaryColumn('text', { name: 'session_id', primaryKeyConstraintName: 'clerk_sign_outs_pkey' })
  sessionId!: string;

  /** When the user, or an admin, last signed out, by the clock of the database. */
  @Column({ type: 'timestamptz', name: 'before', precision: 3 })
  before!: Date;

  /** Sessions that stay: the one that the caller kept, and sessions of which Clerk has said that they began later. */
  @Column('text', { name: 'kept', array: true, default: [] })
  kept!: string[];

  @Column('integer', { name: 'retry_count', default: 0 })
  retryCount!: number;

  /** Since when the sign-out is pending. */
  @Column({ type: 'timestamptz', name: 'queued_at', precision: 3, default: () => 'now()' })
  queuedAt!: Date;

  @Column({ type: 'timestamptz', name: 'due_at', precision: 3, default: () => 'now()' })
  dueAt!: Date;

  /** Id of the sign-out lease, which ends at `claimedUntil`. */
  @Column('uuid', { name: 'claim', nullable: true })
  claim!: string | null;

  @Column({ type: 'timestamptz', name: 'claimed_until', precision: 3, nullable: true })
  claimedUntil!: Date | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;
}
