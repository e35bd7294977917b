import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A deleted Clerk id. No event restores the user; only an admin can, by undoing the deletions of a reconcile run. */
@Entity('clerk_tombstones')
export class ClerkTombstoneEntity {
  @PrimaryColumn('text', { name: 'clerk_user_id', primaryKeyConstraintName: 'clerk_tombstones_pkey' })
  clerkUserId!: string;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, default: () => 'now()' })
  deletedAt!: Date;

  /** Id of the observation that showed the deletion: the webhook's id, or `<source>:<id of the cause>`. */
  @Column('text', { name: 'source_webhook_id' })
  sourceWebhookId!: string;
}
