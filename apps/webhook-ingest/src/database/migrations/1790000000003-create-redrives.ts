import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates the audit of redrives. Also indexes the ledger by time for statistics; a BRIN index is cheap to maintain. */
export class CreateRedrives1790000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE redrives (
        id uuid CONSTRAINT redrives_pkey PRIMARY KEY,
        actor_user_id uuid NOT NULL,
        request_id text NOT NULL,
        filter jsonb NOT NULL,
        redriven integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX redrives_by_time ON redrives (created_at, id);
      ALTER TABLE webhook_events ADD COLUMN redrive_id uuid;
      CREATE INDEX webhook_events_by_redrive ON webhook_events (redrive_id) WHERE redrive_id IS NOT NULL;
      CREATE INDEX webhook_events_by_time ON webhook_events USING brin (created_at) WITH (pages_per_range = 32);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX webhook_events_by_time;
      ALTER TABLE webhook_events DROP COLUMN redrive_id;
      DROP TABLE redrives;
    `);
  }
}
