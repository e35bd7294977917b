import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Makes external ids unique. No earlier release writes them. */
export class ContractExternalIds1790000781010 implements MigrationInterface {
  readonly name = 'ContractExternalIds1790000781010';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS users_external_id_key');
    await runner.query(
      'CREATE UNIQUE INDEX CONCURRENTLY users_external_id_key ON users (external_id) WHERE external_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX users_external_id_key');
  }
}
