import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/** What was decided about one event or snapshot, and why: a user's story, and what a duplicate's outcome is repeated from. */
@Entity('applied_events')
@Index('applied_events_clerk_user_id_step_idx', ['clerkUserId', 'step'])
@Index('applied_events_applied_at_idx', ['appliedAt'])
export class AppliedEventEntity {
  /** The webhook's id; for another source, `<source>:<id of what caused it>`. */
  @PrimaryColumn('text', { name: 'webhook_id', primaryKeyConstraintName: 'applied_events_pkey' })
  webhookId!: string;

  @Column('text', { name: 'source' })
  source!: string;

  @Column('text', { name: 'event_type' })
  eventType!: string;

  @Column('text', { name: 'clerk_user_id' })
  clerkUserId!: string;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { name: 'decision' })
  decision!: string;

  @Column('text', { name: 'reason' })
  reason!: string;

  /** The version that the event or snapshot brought; milliseconds, like all versions. */
  @Column('bigint', { name: 'version_seen', nullable: true, transformer: numeric })
  versionSeen!: number | null;

  @Column('bigint', { name: 'version_before', nullable: true, transformer: numeric })
  versionBefore!: number | null;

  @Column('bigint', { name: 'version_after', nullable: true, transformer: numeric })
  versionAfter!: number | null;

  /** The attempt that succeeded, from 0. */
  @Column('integer', { name: 'attempt' })
  attempt!: number;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  /** In which order a user's events were applied. A decimal: beyond what a number holds exactly. */
  @Column({ type: 'bigint', name: 'step', generated: 'identity', generatedIdentity: 'ALWAYS' })
  step!: string;

  @Column({ type: 'timestamptz', name: 'applied_at', precision: 3, default: () => 'now()' })
  appliedAt!: Date;
}
