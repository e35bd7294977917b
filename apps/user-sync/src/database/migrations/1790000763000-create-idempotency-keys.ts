import { createIdempotencyKeys } from '@gatehouse/persistence';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates the stored answers of requests with an idempotency key. */
export class CreateIdempotencyKeys1790000763000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKeys1790000763000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createIdempotencyKeys) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
