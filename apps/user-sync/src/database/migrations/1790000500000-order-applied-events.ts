import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * A number that tells in which order a user's events were applied. Time does not: those of one transaction share it, and
 * a transaction that began earlier may have waited for the user's lock. Rewrites the table once.
 */
export class OrderAppliedEvents1790000500000 implements MigrationInterface {
  readonly name = 'OrderAppliedEvents1790000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE applied_events ADD COLUMN step bigint GENERATED ALWAYS AS IDENTITY');
    await runner.query('CREATE INDEX applied_events_clerk_user_id_step_idx ON applied_events (clerk_user_id, step)');
    await runner.query('DROP INDEX applied_events_clerk_user_id_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX applied_events_clerk_user_id_idx ON applied_events (clerk_user_id, applied_at)');
    await runner.query('ALTER TABLE applied_events DROP COLUMN step');
  }
}
