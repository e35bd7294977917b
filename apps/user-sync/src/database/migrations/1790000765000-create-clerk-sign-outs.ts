import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates the outbox of sign-outs at Clerk, and the columns for where Gatehouse sessions began and were last used. */
export class CreateClerkSignOuts1790000765000 implements MigrationInterface {
  readonly name = 'CreateClerkSignOuts1790000765000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE clerk_sign_outs (
         clerk_user_id text NOT NULL,
         session_id text NOT NULL,
         before timestamptz(3) NOT NULL,
         kept text[] NOT NULL DEFAULT '{}',
         retry_count integer NOT NULL DEFAULT 0,
         queued_at timestamptz(3) NOT NULL DEFAULT now(),
         due_at timestamptz(3) NOT NULL DEFAULT now(),
         claim uuid,
         claimed_until timestamptz(3),
         error_code text,
         error_message text,
         CONSTRAINT clerk_sign_outs_pkey PRIMARY KEY (clerk_user_id, session_id)
       )`,
    );
    await runner.query('CREATE INDEX clerk_sign_outs_due_at_idx ON clerk_sign_outs (due_at)');
    // NULL in rows of replicas of the previous release, and until the first report of a use.
    await runner.query(
      `ALTER TABLE legacy_sessions ADD COLUMN started_ip text, ADD COLUMN started_user_agent text,
         ADD COLUMN last_used_at timestamptz(3), ADD COLUMN last_ip text, ADD COLUMN last_user_agent text`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE legacy_sessions DROP COLUMN started_ip, DROP COLUMN started_user_agent, DROP COLUMN last_used_at,
         DROP COLUMN last_ip, DROP COLUMN last_user_agent`,
    );
    await runner.query('DROP TABLE clerk_sign_outs');
  }
}
