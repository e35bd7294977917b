import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE } from '../row-security';

/** Lets the worker write erasures to the audit log, and nothing else: an erasure is recorded in its transaction. */
export class LetWorkerAudit1790100020020 implements MigrationInterface {
  readonly name = 'LetWorkerAudit1790100020020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`GRANT INSERT (${COLUMNS}) ON audit_log TO ${WORKER_ROLE}`);
    await runner.query(
      `CREATE POLICY audit_log_worker_insert ON audit_log AS RESTRICTIVE FOR INSERT TO ${WORKER_ROLE}
         WITH CHECK (action = 'data.erase')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP POLICY audit_log_worker_insert ON audit_log');
    await runner.query(`REVOKE INSERT (${COLUMNS}) ON audit_log FROM ${WORKER_ROLE}`);
  }
}

const COLUMNS = `action, actor_user_id, method, credential_id, user_id, subject, request_id, client_request_id,
  source_ip, user_agent, details, outcome, reason`;
