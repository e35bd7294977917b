import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That a resource was deleted, so that the stream can be written anew with its tombstone. A trigger writes it. */
@Entity('resource_tombstones')
@Index('resource_tombstones_remove_at_idx', ['removeAt'])
export class ResourceTombstoneEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'resource_tombstones_pkey' })
  userId!: string;

  /** Kind of resource in messages, such as `item`. */
  @PrimaryColumn('text', { name: 'kind', primaryKeyConstraintName: 'resource_tombstones_pkey' })
  kind!: string;

  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'resource_tombstones_pkey' })
  id!: string;

  /** One more than the last version of the resource. */
  @Column('integer', { name: 'version' })
  version!: number;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3 })
  deletedAt!: Date;

  /** When the tombstone is removed from the stream and from this table: 24 hours later, or with the user's erasure. */
  @Column('timestamptz', { name: 'remove_at' })
  removeAt!: Date;
}
