import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds when a conflict was last checked, and the earliest next check. */
export class CheckConflictsAgain1790000640000 implements MigrationInterface {
  readonly name = 'CheckConflictsAgain1790000640000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE user_conflicts ADD COLUMN checked_at timestamptz(3), ADD COLUMN retry_at timestamptz(3)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE user_conflicts DROP COLUMN checked_at, DROP COLUMN retry_at');
  }
}
