import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Indexes published events without an outcome by their position on the stream. The index has few rows, unless a stream
 * lost messages.
 */
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
