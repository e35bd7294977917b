import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Indexes users by who referred them, concurrently: running replicas write to the table with each event. */
export class IndexReferredUsers1790000764010 implements MigrationInterface {
  readonly name = 'IndexReferredUsers1790000764010';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS users_referred_by_idx');
    await runner.query(
      `CREATE INDEX CONCURRENTLY users_referred_by_idx ON users (referred_by, referred_at, id)
         WHERE referred_by IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX users_referred_by_idx');
  }
}
