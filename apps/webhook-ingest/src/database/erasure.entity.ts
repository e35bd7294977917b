import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Audit record of an erasure: what was removed of a user, when and by whom. */
@Entity({ name: 'erasures' })
export class ErasureEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'erasures_pkey' })
  id!: string;

  @Column({ name: 'clerk_user_id', type: 'text' })
  clerkUserId!: string;

  /** The admin's user id, or `command line`. */
  @Column({ type: 'text' })
  actor!: string;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  @Column({ type: 'jsonb' })
  removed!: unknown;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
