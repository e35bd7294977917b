import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A deleted Clerk id. Permanent: no event restores the user. */
@Entity('clerk_tombstones')
export class ClerkTombstoneEntity {
  @PrimaryColumn('text', { name: 'clerk_user_id', primaryKeyConstraintName: 'clerk_tombstones_pkey' })
  clerkUserId!: string;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, default: () => 'now()' })
  deletedAt!: Date;

  /** The event or run that reported the deletion. */
  @Column('text', { name: 'source_webhook_id' })
  sourceWebhookId!: string;
}
