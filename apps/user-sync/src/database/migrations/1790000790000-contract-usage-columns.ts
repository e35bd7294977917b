import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Drops the usage columns of `users`, which release 0.3.0 neither reads nor writes. user-data holds usage. */
export class ContractUsageColumns1790000790000 implements MigrationInterface {
  readonly name = 'ContractUsageColumns1790000790000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE users DROP COLUMN tokens_remaining, DROP COLUMN tokens_used, DROP COLUMN tokens_monthly_limit,
         DROP COLUMN uploads_used, DROP COLUMN uploads_monthly_limit, DROP COLUMN documents_uploaded`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE users ADD COLUMN tokens_remaining bigint NOT NULL DEFAULT 10000,
         ADD COLUMN tokens_used bigint NOT NULL DEFAULT 0, ADD COLUMN tokens_monthly_limit bigint NOT NULL DEFAULT 10000,
         ADD COLUMN uploads_used integer NOT NULL DEFAULT 0,
         ADD COLUMN uploads_monthly_limit integer NOT NULL DEFAULT 20,
         ADD COLUMN documents_uploaded integer NOT NULL DEFAULT 0`,
    );
  }
}
