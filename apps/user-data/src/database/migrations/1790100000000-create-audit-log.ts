import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WorkerRoleMissingError } from '../../errors';
import { WORKER_ROLE, forceRowSecurity } from '../row-security';

/** Creates the audit log of what admins do with the data of users. */
export class CreateAuditLog1790100000000 implements MigrationInterface {
  readonly name = 'CreateAuditLog1790100000000';

  async up(runner: QueryRunner): Promise<void> {
    const roles = (await runner.query('SELECT FROM pg_roles WHERE rolname = $1', [WORKER_ROLE])) as unknown[];
    if (roles.length === 0) throw new WorkerRoleMissingError(WORKER_ROLE);
    await runner.query(`
      CREATE TABLE audit_log (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_log_pkey PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        action text NOT NULL,
        outcome text NOT NULL DEFAULT 'done',
        reason text,
        actor_user_id uuid NOT NULL,
        method text NOT NULL,
        credential_id text,
        user_id uuid NOT NULL,
        subject text,
        request_id text NOT NULL,
        client_request_id text,
        source_ip text,
        user_agent text,
        details jsonb NOT NULL DEFAULT '{}'
      )`);
    for (const statement of [
      'CREATE INDEX audit_log_user_id_idx ON audit_log (user_id, id)',
      'CREATE INDEX audit_log_actor_user_id_idx ON audit_log (actor_user_id, id)',
      'CREATE INDEX audit_log_credential_id_idx ON audit_log (credential_id, id)',
      'CREATE INDEX audit_log_action_idx ON audit_log (action, id)',
      'CREATE INDEX audit_log_at_idx ON audit_log (at)',
      ...forceRowSecurity('audit_log'),
      'CREATE POLICY audit_log_insert ON audit_log FOR INSERT WITH CHECK (at = now())',
      `CREATE POLICY audit_log_read ON audit_log FOR SELECT TO ${WORKER_ROLE} USING (true)`,
      `CREATE POLICY audit_log_prune ON audit_log FOR DELETE TO ${WORKER_ROLE} USING (at < now() - interval '90 days')`,
      `GRANT SELECT, DELETE ON audit_log TO ${WORKER_ROLE}`,
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_log');
  }
}
