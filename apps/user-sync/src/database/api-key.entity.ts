import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserEntity } from './user.entity';

/** An API key. Of the key itself, only the SHA-256 and a recognizable prefix are stored. */
@Entity('api_keys')
@Index('api_keys_hash_key', ['hash'], { unique: true })
@Index('api_keys_user_id_idx', ['userId', 'createdAt', 'id'])
@Index('api_keys_created_at_idx', ['createdAt', 'id'])
export class ApiKeyEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserEntity, { name: 'api_keys_user_id_fkey' })
  userId!: string;

  /** SHA-256 in hex. */
  @Column('text', { name: 'hash' })
  hash!: string;

  @Column('text', { name: 'prefix' })
  prefix!: string;

  @Column('text', { name: 'name' })
  name!: string;

  @Column('text', { name: 'scopes', array: true })
  scopes!: string[];

  /** Requests per minute. */
  @Column('integer', { name: 'rate_limit', nullable: true })
  rateLimit!: number | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** The key that replaced this one at a rotation. */
  @Column('uuid', { name: 'replaced_by', nullable: true })
  replacedBy!: string | null;

  /** End of the grace period in which a rotated key is still valid. */
  @Column({ type: 'timestamptz', name: 'grace_ends_at', precision: 3, nullable: true })
  graceEndsAt!: Date | null;
}
