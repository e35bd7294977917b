import { type MetadataCollisionState } from '@gatehouse/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { UserEntity } from './user.entity';

/**
 * A value that Clerk holds at one of Gatehouse's metadata keys, and that Gatehouse did not write. When another such
 * value replaces it, the new value gets a row of its own.
 */
@Entity('metadata_collisions')
@Check('metadata_collisions_state_check', `state IN ('open', 'taking', 'left', 'taken', 'gone')`)
@Index('metadata_collisions_current_key', ['userId', 'key'], {
  unique: true,
  where: `state IN ('open', 'taking', 'left')`,
})
@Index('metadata_collisions_open_idx', ['key', 'digest', 'id'], { where: `state = 'open'` })
@Index('metadata_collisions_user_id_idx', ['userId'])
@Index('metadata_collisions_ended_at_idx', ['endedAt'], { where: 'ended_at IS NOT NULL' })
export class MetadataCollisionEntity {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'metadata_collisions_pkey',
  })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserEntity, { name: 'metadata_collisions_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  /** Path below `publicMetadata`. */
  @Column('text', { name: 'key' })
  key!: string;

  /** JSON text of the value, at most 256 bytes; NULL once the user is redacted. */
  @Column('text', { name: 'shown', nullable: true })
  shown!: string | null;

  /** SHA-256 of the whole value; NULL once the user is redacted. */
  @Column('text', { name: 'digest', nullable: true })
  digest!: string | null;

  @Column('text', { name: 'state', default: 'open' })
  state!: MetadataCollisionState;

  @Column({ type: 'timestamptz', name: 'detected_at', precision: 3, default: () => 'now()' })
  detectedAt!: Date;

  /** When an admin last decided what to do with the value. */
  @Column({ type: 'timestamptz', name: 'decided_at', precision: 3, nullable: true })
  decidedAt!: Date | null;

  /** When the collision ended: the value was replaced or removed, or the user was deleted. */
  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;
}
