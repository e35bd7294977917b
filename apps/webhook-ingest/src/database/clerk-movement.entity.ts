import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The only row of its table: the last change at Clerk that user-sync saw before a webhook reported it. */
@Entity({ name: 'clerk_movement' })
@Check('clerk_movement_one_row', 'singleton')
export class ClerkMovementEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'clerk_movement_pkey' })
  singleton!: boolean;

  @Column({ name: 'listening_since', type: 'timestamptz', default: () => 'now()' })
  listeningSince!: Date;

  @Column({ name: 'moved_at', type: 'timestamptz', nullable: true })
  movedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  source!: string | null;
}
