import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE } from '../row-security';

/** Adds a column to the audit log: whether the gateway repeats the request of the entry by itself. */
export class MarkRepeatableAudit1790100050000 implements MigrationInterface {
  readonly name = 'MarkRepeatableAudit1790100050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_log ADD COLUMN repeatable boolean NOT NULL DEFAULT false');
    await runner.query(`GRANT INSERT (repeatable) ON audit_log TO ${WORKER_ROLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_log DROP COLUMN repeatable');
  }
}
