import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Keeps one audit entry of a read that the gateway repeats. No earlier release marks an entry as repeatable. */
export class ContractRepeatedAudit1790100050010 implements MigrationInterface {
  readonly name = 'ContractRepeatedAudit1790100050010';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS audit_log_request_id_key');
    await runner.query(
      'CREATE UNIQUE INDEX CONCURRENTLY audit_log_request_id_key ON audit_log (request_id, outcome) WHERE repeatable',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_log_request_id_key');
  }
}
