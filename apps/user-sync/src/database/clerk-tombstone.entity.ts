import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A deleted Clerk id. No event restores the user. For a day, an admin can undo the deletions of a reconcile run. The
 * undo deletes the tombstones of the restored users.
 */
@Entity('clerk_tombstones')
export class ClerkTombstoneEntity {
  @PrimaryColumn('text', { name: 'clerk_user_id', primaryKeyConstraintName: 'clerk_tombstones_pkey' })
  clerkUserId!: string;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, default: () => 'now()' })
  deletedAt!: Date;

  /** Id of the observation that showed the deletion, as `Origin.id` defines it. */
  @Column('text', { name: 'source_webhook_id' })
  sourceWebhookId!: string;
}
