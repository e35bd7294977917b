import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A promise of the admin role to the next user who verifies a certain e-mail address. At most one is open per address.
 */
@Entity('admin_promises')
@Check('admin_promises_state_check', `state IN ('open', 'used', 'expired', 'cancelled')`)
@Index('admin_promises_open_email_key', ['email'], { unique: true, where: `state = 'open'` })
export class AdminPromiseEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'admin_promises_pkey' })
  id!: string;

  /** The e-mail address in lower case; null once the promise has ended. */
  @Column('text', { name: 'email', nullable: true })
  email!: string | null;

  @Column('text', { name: 'state', default: 'open' })
  state!: 'open' | 'used' | 'expired' | 'cancelled';

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  /** When Clerk was last asked who holds the address. */
  @Column({ type: 'timestamptz', name: 'checked_at', precision: 3, nullable: true })
  checkedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;
}
