import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserEntity } from './user.entity';

/**
 * A deletion that no webhook reported. The user's personal data is kept until `redactAt`, so that an admin can undo the
 * deletions of a reconcile run.
 */
@Entity('pending_redactions')
@Index('pending_redactions_clerk_user_id_idx', ['clerkUserId'])
@Index('pending_redactions_redact_at_idx', ['redactAt'])
export class PendingRedactionEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'pending_redactions_pkey' })
  @ForeignKey(() => UserEntity, { name: 'pending_redactions_user_id_fkey' })
  userId!: string;

  @Column('text', { name: 'clerk_user_id' })
  clerkUserId!: string;

  /** What found the user missing: `reconcile:<run>:…` or `confirmation:…`. */
  @Column('text', { name: 'source' })
  source!: string;

  @Column('boolean', { name: 'was_active' })
  wasActive!: boolean;

  @Column({ type: 'timestamptz', name: 'found_at', precision: 3, default: () => 'now()' })
  foundAt!: Date;

  @Column({ type: 'timestamptz', name: 'redact_at', precision: 3 })
  redactAt!: Date;
}
