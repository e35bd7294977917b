import { Column, Entity, PrimaryColumn } from 'typeorm';

/** That a quota was erased, so that its deletion is removed from the stream. A trigger writes it. */
@Entity('quota_tombstones')
export class QuotaTombstoneEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'quota_tombstones_pkey' })
  userId!: string;

  @PrimaryColumn('text', { name: 'kind', primaryKeyConstraintName: 'quota_tombstones_pkey' })
  kind!: string;

  /** One more than the last version of the quota. */
  @Column('bigint', { name: 'version' })
  version!: string;
}
