import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the result and the time of an exchange, so that an immediate repetition gets the same answer. */
export class AnswerRepeatedExchanges1790000750000 implements MigrationInterface {
  readonly name = 'AnswerRepeatedExchanges1790000750000';

  async up(runner: QueryRunner): Promise<void> {
    // NULL in rows of replicas of the previous release: a repeated exchange of their tokens is refused.
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
