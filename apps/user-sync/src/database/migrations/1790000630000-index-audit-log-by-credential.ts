import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Lets what was done with a credential be found. Beside running replicas, which add to the log. */
export class IndexAuditLogByCredential1790000630000 implements MigrationInterface {
  readonly name = 'IndexAuditLogByCredential1790000630000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // What an attempt that was broken off left behind is of no use.
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
