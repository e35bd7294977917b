import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Token bucket of requests to Clerk: one row for all replicas. Unlogged: a crash of PostgreSQL empties the table. */
@Entity('clerk_budget')
@Check('clerk_budget_single_check', 'id = 1')
export class ClerkBudgetEntity {
  @PrimaryColumn('integer', { name: 'id', primaryKeyConstraintName: 'clerk_budget_pkey' })
  id!: number;

  @Column('double precision', { name: 'tokens' })
  tokens!: number;

  /** Time of the last refill; in the future while requests are paused. */
  @Column({ type: 'timestamptz', name: 'refilled_at' })
  refilledAt!: Date;
}
