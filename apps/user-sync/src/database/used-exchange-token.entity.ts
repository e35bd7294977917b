import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A Clerk session token that was exchanged already; kept until nobody would take the token any more. */
@Entity('used_exchange_tokens')
@Index('used_exchange_tokens_expires_at_idx', ['expiresAt'])
export class UsedExchangeTokenEntity {
  @PrimaryColumn('text', { name: 'token_id', primaryKeyConstraintName: 'used_exchange_tokens_pkey' })
  tokenId!: string;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
