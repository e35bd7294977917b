import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Audit record of a redrive: who ordered it, and for which events. */
@Entity({ name: 'redrives' })
@Index('redrives_by_time', ['createdAt', 'id'])
export class RedriveEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'redrives_pkey' })
  id!: string;

  /** Null when a repeated delivery by Clerk caused the redrive. */
  @Column({ name: 'actor_user_id', type: 'uuid', nullable: true })
  actorUserId!: string | null;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  @Column({ type: 'jsonb' })
  filter!: Record<string, unknown>;

  @Column({ type: 'integer' })
  redriven!: number;

  /** Stored in whole milliseconds, because list cursors contain this time in milliseconds. */
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
