import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A user that is stored here but was not found at Clerk. A second check decides whether to delete it. */
@Entity('suspected_absences')
@Index('suspected_absences_check_at_idx', ['checkAt'])
export class SuspectedAbsenceEntity {
  @PrimaryColumn('text', { name: 'clerk_user_id', primaryKeyConstraintName: 'suspected_absences_pkey' })
  clerkUserId!: string;

  @Column('text', { name: 'source' })
  source!: string;

  @Column({ type: 'timestamptz', name: 'suspected_at', precision: 3, default: () => 'now()' })
  suspectedAt!: Date;

  @Column({ type: 'timestamptz', name: 'check_at', precision: 3 })
  checkAt!: Date;
}
