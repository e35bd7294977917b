import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Indexes users by their last change, concurrently: running replicas write to the table. */
export class IndexUsersByChange1790000772010 implements MigrationInterface {
  readonly name = 'IndexUsersByChange1790000772010';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS users_updated_at_idx');
    await runner.query('CREATE INDEX CONCURRENTLY users_updated_at_idx ON users (updated_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX users_updated_at_idx');
  }
}
