import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserEntity } from './user.entity';

/** A token by which a local user sets its password; the row goes when the token is used. */
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
