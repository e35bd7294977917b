import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates promises of the admin role to the user who verifies an e-mail address. */
export class CreateAdminPromises1790000740000 implements MigrationInterface {
  readonly name = 'CreateAdminPromises1790000740000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE admin_promises (
         id uuid CONSTRAINT admin_promises_pkey PRIMARY KEY,
         email text,
         state text NOT NULL DEFAULT 'open'
           CONSTRAINT admin_promises_state_check CHECK (state IN ('open', 'used', 'expired', 'cancelled')),
         created_at timestamptz(3) NOT NULL DEFAULT now(),
         expires_at timestamptz(3) NOT NULL,
         checked_at timestamptz(3),
         ended_at timestamptz(3)
       )`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX admin_promises_open_email_key ON admin_promises (email) WHERE state = 'open'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE admin_promises');
  }
}
