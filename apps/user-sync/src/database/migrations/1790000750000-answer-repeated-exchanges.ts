import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Notes what an exchange token was exchanged for, and when, so that an immediate repetition gets the same answer. */
export class AnswerRepeatedExchanges1790000750000 implements MigrationInterface {
  readonly name = 'AnswerRepeatedExchanges1790000750000';

  async up(runner: QueryRunner): Promise<void> {
    // NULL in the rows of replicas of the release before: their tokens are not exchanged a second time.
    await runner.query(
      `ALTER TABLE used_exchange_tokens ADD COLUMN used_at timestamptz(3), ADD COLUMN legacy_session_id uuid,
         ADD COLUMN is_new_user boolean`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE used_exchange_tokens DROP COLUMN used_at, DROP COLUMN legacy_session_id, DROP COLUMN is_new_user',
    );
  }
}
