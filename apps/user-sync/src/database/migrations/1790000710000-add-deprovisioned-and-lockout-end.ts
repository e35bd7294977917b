import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds whether directory sync has deprovisioned a user at Clerk, and when a lockout ends. */
export class AddDeprovisionedAndLockoutEnd1790000710000 implements MigrationInterface {
  readonly name = 'AddDeprovisionedAndLockoutEnd1790000710000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE users ADD COLUMN clerk_deprovisioned boolean NOT NULL DEFAULT false,
         ADD COLUMN clerk_lockout_expires_at timestamptz(3)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN clerk_deprovisioned, DROP COLUMN clerk_lockout_expires_at');
  }
}
