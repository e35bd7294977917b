import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A Clerk session that its user ended at Gatehouse only. Clerk may still issue tokens for it, which Gatehouse rejects.
 */
@Entity('signed_out_sessions')
@Index('signed_out_sessions_at_idx', ['at'])
export class SignedOutSessionEntity {
  @PrimaryColumn('text', { name: 'session_id', primaryKeyConstraintName: 'signed_out_sessions_pkey' })
  sessionId!: string;

  @Column({ type: 'timestamptz', name: 'at', precision: 3, default: () => 'now()' })
  at!: Date;
}
