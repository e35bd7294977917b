import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Makes Stripe customer ids unique. No earlier release writes them. */
export class ContractStripeCustomers1790000766020 implements MigrationInterface {
  readonly name = 'ContractStripeCustomers1790000766020';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS users_stripe_customer_id_key');
    await runner.query(
      `CREATE UNIQUE INDEX CONCURRENTLY users_stripe_customer_id_key ON users (stripe_customer_id)
         WHERE stripe_customer_id IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX users_stripe_customer_id_key');
  }
}
