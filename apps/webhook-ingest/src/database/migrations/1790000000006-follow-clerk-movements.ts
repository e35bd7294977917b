import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Creates the table for the last change at Clerk that user-sync found without a webhook. Changes before
 * `listening_since` are ignored.
 */
export class FollowClerkMovements1790000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE clerk_movement (
        singleton boolean NOT NULL DEFAULT true CONSTRAINT clerk_movement_pkey PRIMARY KEY
          CONSTRAINT clerk_movement_one_row CHECK (singleton),
        listening_since timestamptz NOT NULL DEFAULT now(),
        moved_at timestamptz,
        source text
      );
      INSERT INTO clerk_movement DEFAULT VALUES;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE clerk_movement');
  }
}
