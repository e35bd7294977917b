import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates logouts of Clerk sessions, which are kept longer than trust changes. */
export class CreateSignedOutSessions1790000300000 implements MigrationInterface {
  readonly name = 'CreateSignedOutSessions1790000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE signed_out_sessions (
         session_id text CONSTRAINT signed_out_sessions_pkey PRIMARY KEY,
         at timestamptz(3) NOT NULL DEFAULT now()
       )`,
    );
    await runner.query('CREATE INDEX signed_out_sessions_at_idx ON signed_out_sessions (at)');
    await runner.query(
      `INSERT INTO signed_out_sessions (session_id, at)
       SELECT session_id, min(at) FROM changes WHERE kind = 'clerk_session' AND session_id IS NOT NULL GROUP BY session_id`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE signed_out_sessions');
  }
}
