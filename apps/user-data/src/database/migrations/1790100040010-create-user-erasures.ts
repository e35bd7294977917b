import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE, forceRowSecurity } from '../row-security';

/**
 * Creates the list of deleted users whose data is erased, and lets the worker write erasures to the audit log that no
 * admin asked for.
 */
export class CreateUserErasures1790100040010 implements MigrationInterface {
  readonly name = 'CreateUserErasures1790100040010';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      `CREATE TABLE user_erasures (
         user_id uuid CONSTRAINT user_erasures_pkey PRIMARY KEY,
         version bigint NOT NULL,
         generation bigint NOT NULL,
         noticed_at timestamptz NOT NULL DEFAULT now(),
         retry_at timestamptz NOT NULL DEFAULT now(),
         attempts integer NOT NULL DEFAULT 0,
         erased_at timestamptz
       )`,
      'CREATE INDEX user_erasures_pending_idx ON user_erasures (noticed_at) WHERE erased_at IS NULL',
      ...forceRowSecurity('user_erasures'),
      `CREATE POLICY user_erasures_worker ON user_erasures TO ${WORKER_ROLE} USING (true)`,
      `GRANT SELECT, INSERT (user_id, version, generation), DELETE ON user_erasures TO ${WORKER_ROLE}`,
      `GRANT UPDATE (version, generation, noticed_at, retry_at, attempts, erased_at) ON user_erasures TO ${WORKER_ROLE}`,
      'ALTER TABLE audit_log ALTER COLUMN actor_user_id DROP NOT NULL',
      'ALTER TABLE audit_log ALTER COLUMN method DROP NOT NULL',
      `CREATE POLICY audit_log_actor ON audit_log AS RESTRICTIVE FOR INSERT
         WITH CHECK (action = 'data.erase' OR (actor_user_id IS NOT NULL AND method IS NOT NULL))`,
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP POLICY audit_log_actor ON audit_log');
    await runner.query('DROP TABLE user_erasures');
  }
}
