import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Stores when Clerk signed the delivery that last started an event. So a repeated delivery redrives a dead event, and a
 * replay of the same request does not. Such a redrive has no actor, so the actor may be NULL. The hash of a rejected
 * delivery may be NULL too, when the delivery is rejected before its body is read.
 */
export class RedriveResentEvents1790000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE webhook_events ADD COLUMN sent_at timestamptz;
      ALTER TABLE redrives ALTER COLUMN actor_user_id DROP NOT NULL;
      ALTER TABLE rejected_deliveries ALTER COLUMN body_sha256 DROP NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM rejected_deliveries WHERE body_sha256 IS NULL;
      ALTER TABLE rejected_deliveries ALTER COLUMN body_sha256 SET NOT NULL;
      DELETE FROM redrives WHERE actor_user_id IS NULL;
      ALTER TABLE redrives ALTER COLUMN actor_user_id SET NOT NULL;
      ALTER TABLE webhook_events DROP COLUMN sent_at;
    `);
  }
}
