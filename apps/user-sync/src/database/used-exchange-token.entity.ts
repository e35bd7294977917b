import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A Clerk session token that was exchanged, or a code that signed in to the console (`console:<id>`). The row is kept
 * until the token or code has expired.
 */
@Entity('used_exchange_tokens')
@Index('used_exchange_tokens_expires_at_idx', ['expiresAt'])
export class UsedExchangeTokenEntity {
  @PrimaryColumn('text', { name: 'token_id', primaryKeyConstraintName: 'used_exchange_tokens_pkey' })
  tokenId!: string;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  /** When the token was exchanged; null in rows of older releases. */
  @Column({ type: 'timestamptz', name: 'used_at', precision: 3, nullable: true })
  usedAt!: Date | null;

  /** The legacy session that the token was exchanged for; null in rows of older releases and of codes. */
  @Column('uuid', { name: 'legacy_session_id', nullable: true })
  legacySessionId!: string | null;

  /** `isNewUser` of the answer; null in rows of older releases and of codes. */
  @Column('boolean', { name: 'is_new_user', nullable: true })
  isNewUser!: boolean | null;
}
