import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserEntity } from './user.entity';

/** A one-time token for setting a local user's password. The row is deleted when the token is used. */
@Entity('password_tokens')
@Index('password_tokens_user_id_idx', ['userId'])
export class PasswordTokenEntity {
  /** SHA-256 in hex. */
  @PrimaryColumn('text', { name: 'hash', primaryKeyConstraintName: 'password_tokens_pkey' })
  hash!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserEntity, { name: 'password_tokens_user_id_fkey' })
  userId!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
