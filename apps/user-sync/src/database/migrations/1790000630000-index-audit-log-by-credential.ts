import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Indexes `audit_log` by credential, concurrently: running replicas write to it. */
export class IndexAuditLogByCredential1790000630000 implements MigrationInterface {
  readonly name = 'IndexAuditLogByCredential1790000630000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS audit_log_credential_id_idx');
    await runner.query(
      `CREATE INDEX CONCURRENTLY audit_log_credential_id_idx ON audit_log (credential_id, id)
         WHERE credential_id IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_log_credential_id_idx');
  }
}
