import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds a column to the audit log: whether the gateway repeats the request of the entry by itself. */
export class MarkRepeatableAudit1790000784000 implements MigrationInterface {
  readonly name = 'MarkRepeatableAudit1790000784000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_log ADD COLUMN repeatable boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_log DROP COLUMN repeatable');
  }
}
