import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Lets a failed step of an import wait without blocking others, and rows say why they failed. */
export class RetryUserImports1790000791200 implements MigrationInterface {
  readonly name = 'RetryUserImports1790000791200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE user_imports ADD COLUMN attempts integer NOT NULL DEFAULT 0, ADD COLUMN retry_at timestamptz(3)',
    );
    await runner.query('ALTER TABLE user_import_rows ADD COLUMN failure text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE user_import_rows DROP COLUMN failure');
    await runner.query('ALTER TABLE user_imports DROP COLUMN attempts, DROP COLUMN retry_at');
  }
}
