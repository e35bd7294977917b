import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Identifies the signing secret of an event by a fingerprint, because its index in the list of secrets can change. */
export class NameSigningSecrets1790000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE webhook_events
        ADD COLUMN signing_secret text,
        ALTER COLUMN signing_secret_index DROP NOT NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE webhook_events SET signing_secret_index = 0 WHERE signing_secret_index IS NULL;
      ALTER TABLE webhook_events
        ALTER COLUMN signing_secret_index SET NOT NULL,
        DROP COLUMN signing_secret
    `);
  }
}
