import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The Clerk instance whose events are ours, learnt at the first verified contact; one row at most. */
@Entity({ name: 'clerk_instance' })
@Check('clerk_instance_one_row', 'singleton')
export class ClerkInstanceEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'clerk_instance_pkey' })
  singleton!: boolean;

  @Column({ name: 'instance_id', type: 'text' })
  instanceId!: string;

  @Column({ name: 'learnt_at', type: 'timestamptz', default: () => 'now()' })
  learntAt!: Date;
}
