import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Indexes `applied_events` by time, concurrently: running replicas write to it with each event. */
export class IndexAppliedEventsByTime1790000620000 implements MigrationInterface {
  readonly name = 'IndexAppliedEventsByTime1790000620000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS applied_events_applied_at_idx');
    await runner.query('CREATE INDEX CONCURRENTLY applied_events_applied_at_idx ON applied_events (applied_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX applied_events_applied_at_idx');
  }
}
