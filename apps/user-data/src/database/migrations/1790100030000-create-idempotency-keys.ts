import { createIdempotencyKeys } from '@gatehouse/persistence';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE, restrictToOwner } from '../row-security';

/** Creates the stored answers of requests with an idempotency key. The worker deletes old ones, and erases users. */
export class CreateIdempotencyKeys1790100030000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKeys1790100030000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      ...createIdempotencyKeys,
      ...restrictToOwner('idempotency_keys'),
      `CREATE POLICY idempotency_keys_worker_read ON idempotency_keys FOR SELECT TO ${WORKER_ROLE} USING (true)`,
      `CREATE POLICY idempotency_keys_worker_delete ON idempotency_keys FOR DELETE TO ${WORKER_ROLE} USING (true)`,
      `GRANT SELECT (user_id, id, created_at), DELETE ON idempotency_keys TO ${WORKER_ROLE}`,
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
