import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Adds the order in which a user's events were applied. Their time is not enough: events of one transaction share it, and
 * an earlier transaction may have waited for the lock of the user. Rewrites the table once.
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
