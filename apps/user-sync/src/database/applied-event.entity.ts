import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/** The decision about one event or snapshot, with its reason. An event that is applied again gets the same decision. */
@Entity('applied_events')
@Index('applied_events_clerk_user_id_step_idx', ['clerkUserId', 'step'])
@Index('applied_events_applied_at_idx', ['appliedAt'])
export class AppliedEventEntity {
  /**
   * Id of the observation, as `Origin.id` defines it. Two kinds of row have no observation. A redaction has
   * `redaction:<random UUID>:<Clerk id>`. The undo of a deletion has `undo:<id of the reconcile run>:<Clerk id>`.
   */
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

  /** Version in the event or snapshot; milliseconds, like all versions. */
  @Column('bigint', { name: 'version_seen', nullable: true, transformer: numeric })
  versionSeen!: number | null;

  @Column('bigint', { name: 'version_before', nullable: true, transformer: numeric })
  versionBefore!: number | null;

  @Column('bigint', { name: 'version_after', nullable: true, transformer: numeric })
  versionAfter!: number | null;

  /** Number of the attempt that led to the decision, from 0. */
  @Column('integer', { name: 'attempt' })
  attempt!: number;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  /** Order in which events were applied. A decimal text, because it may exceed JavaScript's exact integers. */
  @Column({ type: 'bigint', name: 'step', generated: 'identity', generatedIdentity: 'ALWAYS' })
  step!: string;

  @Column({ type: 'timestamptz', name: 'applied_at', precision: 3, default: () => 'now()' })
  appliedAt!: Date;
}
