import { type ReconcileState } from '@gatehouse/contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One walk over Clerk's users; all that is needed to go on with it after a crash. */
@Entity('reconcile_runs')
@Check(
  'reconcile_runs_state_check',
  `state IN ('queued', 'running', 'needs_approval', 'done', 'refused', 'failed', 'undone')`,
)
@Index('reconcile_runs_requested_at_idx', ['requestedAt'])
// An expression index cannot be told to TypeORM: the migration makes it.
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

  /** Whether a person has let it delete more than the brake allows. */
  @Column('boolean', { name: 'approved', default: false })
  approved!: boolean;

  /** The last users that were walked over, the newest first: the next one is found even when that one is deleted. */
  @Column('text', { name: 'cursor', array: true, default: [] })
  cursor!: string[];

  /** Whether the walk is over; what remains are the absences. */
  @Column('boolean', { name: 'walked', default: false })
  walked!: boolean;

  @Column('integer', { name: 'users_total', nullable: true })
  usersTotal!: number | null;

  @Column('integer', { name: 'users_done', default: 0 })
  usersDone!: number;

  /** Users of ours that the walk did not meet. */
  @Column('integer', { name: 'absences', default: 0 })
  absences!: number;

  /** How many users by decision. */
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
