import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds which run of the PostgreSQL server numbers the trust changes, and since when, to the counter. */
export class NoteServerRun1790000791100 implements MigrationInterface {
  readonly name = 'NoteServerRun1790000791100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE change_counter ADD COLUMN epoch text, ADD COLUMN epoch_since timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE change_counter DROP COLUMN epoch, DROP COLUMN epoch_since');
  }
}
