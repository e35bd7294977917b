import {
  type ImportedUser,
  type UserImportAction,
  type UserImportOutcome,
  type UserImportReversal,
} from '@gatehouse/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserImportEntity } from './user-import.entity';

/** Values of fields before and after an import changed them, by the name of the field. */
export interface FieldChanges {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * The plan for one row of an import, and what became of it. `content` and `changed` hold personal data: `content` until
 * the row is applied, `changed` until the import can no longer be undone. The erasure of the user removes both.
 */
@Entity('user_import_rows')
@Index('user_import_rows_action_idx', ['importId', 'action', 'row'])
@Index('user_import_rows_personal_idx', ['importId'], { where: 'content IS NOT NULL OR changed IS NOT NULL' })
@Index('user_import_rows_user_id_idx', ['userId'], { where: 'user_id IS NOT NULL' })
@Check('user_import_rows_action_check', `action IN ('create', 'link', 'update', 'unchanged', 'conflict', 'invalid')`)
export class UserImportRowEntity {
  @PrimaryColumn('uuid', { name: 'import_id', primaryKeyConstraintName: 'user_import_rows_pkey' })
  @ForeignKey(() => UserImportEntity, { name: 'user_import_rows_import_id_fkey', onDelete: 'CASCADE' })
  importId!: string;

  @PrimaryColumn('integer', { name: 'row', primaryKeyConstraintName: 'user_import_rows_pkey' })
  row!: number;

  @Column('integer', { name: 'line' })
  line!: number;

  @Column('text', { name: 'action' })
  action!: UserImportAction;

  @Column('text', { name: 'reason' })
  reason!: string;

  @Column('text', { name: 'detail' })
  detail!: string;

  @Column('jsonb', { name: 'errors', default: [] })
  errors!: readonly { readonly field: string; readonly message: string }[];

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** Clerk id of the user who has the row's external id at Clerk, as Clerk answered during planning. */
  @Column('text', { name: 'clerk_user_id', nullable: true })
  clerkUserId!: string | null;

  @Column('jsonb', { name: 'content', nullable: true })
  content!: ImportedUser | null;

  @Column('text', { name: 'sets', array: true, default: [] })
  sets!: string[];

  @Column('text', { name: 'leaves', array: true, default: [] })
  leaves!: string[];

  /** Fingerprint of all that the decision depends on; null when nothing is planned. A row is applied while it holds. */
  @Column('text', { name: 'basis', nullable: true })
  basis!: string | null;

  @Column('text', { name: 'outcome', nullable: true })
  outcome!: UserImportOutcome | null;

  /** Why the row could not be applied or reverted; null if it could. Holds no value. */
  @Column('text', { name: 'failure', nullable: true })
  failure!: string | null;

  @Column('jsonb', { name: 'changed', nullable: true })
  changed!: FieldChanges | null;

  @Column('text', { name: 'reversal', nullable: true })
  reversal!: UserImportReversal | null;

  @Column('text', { name: 'not_restored', array: true, default: [] })
  notRestored!: string[];
}
