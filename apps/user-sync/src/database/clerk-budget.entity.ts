import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How many requests Clerk may still be asked: the one token bucket of all replicas. Unlogged: a crash empties it. */
@Entity('clerk_budget')
@Check('clerk_budget_single_check', 'id = 1')
export class ClerkBudgetEntity {
  @PrimaryColumn('integer', { name: 'id', primaryKeyConstraintName: 'clerk_budget_pkey' })
  id!: number;

  @Column('double precision', { name: 'tokens' })
  tokens!: number;

  /** Up to when what flows in is in `tokens`; in the future while Clerk wants to be left alone. */
  @Column({ type: 'timestamptz', name: 'refilled_at' })
  refilledAt!: Date;
}
