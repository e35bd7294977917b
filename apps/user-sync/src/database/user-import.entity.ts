import { type UserImportFormat, type UserImportState, userImportStates } from '@gatehouse/contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/** Number of rows by action, outcome or reversal. */
export type RowCounts = Readonly<Record<string, number>>;

/** An import of users, with all that is needed to resume it after a crash. `UserImport` of `@gatehouse/contracts` explains the fields. */
@Entity('user_imports')
@Check('user_imports_state_check', `state IN (${userImportStates.map((state) => `'${state}'`).join(', ')})`)
@Check('user_imports_format_check', `format IN ('csv', 'jsonl')`)
@Index('user_imports_requested_at_idx', ['requestedAt', 'id'])
@Index('user_imports_working_idx', ['updatedAt'], { where: `state IN ('planning', 'applying', 'undoing')` })
export class UserImportEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'user_imports_pkey' })
  id!: string;

  @Column('text', { name: 'state' })
  state!: UserImportState;

  @Column('text', { name: 'format' })
  format!: UserImportFormat;

  @Column('text', { name: 'message', nullable: true })
  message!: string | null;

  @Column('bigint', { name: 'bytes', default: 0, transformer: numeric })
  bytes!: number;

  @Column('integer', { name: 'rows_total', nullable: true })
  rowsTotal!: number | null;

  /** Number of the last row that the current step has processed; the step resumes after it. */
  @Column('integer', { name: 'rows_done', default: 0 })
  rowsDone!: number;

  @Column('jsonb', { name: 'plan', default: {} })
  plan!: RowCounts;

  @Column('jsonb', { name: 'outcomes', default: {} })
  outcomes!: RowCounts;

  @Column('jsonb', { name: 'reversals', default: {} })
  reversals!: RowCounts;

  @Column('uuid', { name: 'requested_by' })
  requestedBy!: string;

  @Column({ type: 'timestamptz', name: 'requested_at', precision: 3, default: () => 'now()' })
  requestedAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** Failed attempts of the current step since its last progress. */
  @Column('integer', { name: 'attempts', default: 0 })
  attempts!: number;

  /** Earliest time of the next attempt, if the last one failed; otherwise null. */
  @Column({ type: 'timestamptz', name: 'retry_at', precision: 3, nullable: true })
  retryAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'approved_at', precision: 3, nullable: true })
  approvedAt!: Date | null;
}
