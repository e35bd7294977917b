import { Column, Entity, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/** The last reconcile run that found a user at Clerk, and what the run decided about the user. */
@Entity('reconcile_sightings')
export class ReconcileSightingEntity {
  @PrimaryColumn('text', { name: 'clerk_user_id', primaryKeyConstraintName: 'reconcile_sightings_pkey' })
  clerkUserId!: string;

  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @Column('text', { name: 'decision' })
  decision!: string;

  @Column('bigint', { name: 'version', nullable: true, transformer: numeric })
  version!: number | null;

  @Column({ type: 'timestamptz', name: 'seen_at', precision: 3, default: () => 'now()' })
  seenAt!: Date;
}
