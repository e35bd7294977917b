import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How many resources of a kind a user has. Changes in the statement that creates or deletes one. */
@Entity('resource_counts')
@Check('resource_counts_used_check', 'used >= 0')
export class ResourceCountEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'resource_counts_pkey' })
  userId!: string;

  @PrimaryColumn('text', { name: 'kind', primaryKeyConstraintName: 'resource_counts_pkey' })
  kind!: string;

  @Column('integer', { name: 'used', default: 0 })
  used!: number;
}
