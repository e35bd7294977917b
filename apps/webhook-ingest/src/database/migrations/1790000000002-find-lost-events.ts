import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What is on the stream and has no outcome, by its place there: short in good times, whole ranges of it after a loss. */
export class FindLostEvents1790000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX webhook_events_in_flight ON webhook_events (stream_created_at, stream_sequence)
        WHERE status = 'processing' AND published_at IS NOT NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX webhook_events_in_flight');
  }
}
