import { type ReconcileState } from '@gatehouse/contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A reconcile run, with all that is needed to resume it after a crash. */
@Entity('reconcile_runs')
@Check(
  'reconcile_runs_state_check',
  `state IN ('queued', 'running', 'needs_approval', 'done', 'refused', 'failed', 'undone')`,
)
@Index('reconcile_runs_requested_at_idx', ['requestedAt'])
// An index on an expression, which TypeORM cannot declare: a migration creates it.
@Index('reconcile_runs_open_key', { synchronize: false })
export class ReconcileRunEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'reconcile_runs_pkey' })
  id!: string;

  @Column('text', { name: 'state' })
  state!: ReconcileState;

  @Column('text', { name: 'trigger' })
  trigger!: 'schedule' | 'admin';

  @Column('text', { name: 'message', nullable: true })
  message!: string | null;

  @Column('text', { name: 'instance_id', nullable: true })
  instanceId!: string | null;

  /** Whether an admin has approved more deletions than a run may make by itself. */
  @Column('boolean', { name: 'approved', default: false })
  approved!: boolean;

  /**
   * Clerk ids of the last scanned users, newest first. The scan continues after the first of them; if that user was
   * deleted at Clerk meanwhile, after the second, and so on.
   */
  @Column('text', { name: 'cursor', array: true, default: [] })
  cursor!: string[];

  /**
   * Whether all of Clerk's users were scanned. Then Clerk is asked about each of our users that the scan did not find.
   */
  @Column('boolean', { name: 'walked', default: false })
  scanned!: boolean;

  @Column('integer', { name: 'users_total', nullable: true })
  usersTotal!: number | null;

  @Column('integer', { name: 'users_done', default: 0 })
  usersDone!: number;

  /** Number of our users that the scan did not find. */
  @Column('integer', { name: 'absences', default: 0 })
  absences!: number;

  /** Number of users by decision. */
  @Column('jsonb', { name: 'changes', default: {} })
  changes!: Record<string, number>;

  @Column({ type: 'timestamptz', name: 'requested_at', precision: 3, default: () => 'now()' })
  requestedAt!: Date;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;
}
