import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates credentials other than Clerk's, numbered trust changes, and the audit log. */
export class CreateTrust1790000100000 implements MigrationInterface {
  readonly name = 'CreateTrust1790000100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...credentials, ...changes, ...audit]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX users_email_local_live_key');
    await runner.query(
      `DROP TABLE audit_log, gateway_leases, changes, change_counter, used_exchange_tokens, legacy_sessions,
         password_tokens, api_keys`,
    );
    await runner.query('DROP FUNCTION refuse_audit_change()');
  }
}

const credentials = [
  `CREATE UNIQUE INDEX users_email_local_live_key ON users (lower(email))
     WHERE auth_provider = 'local' AND deleted_at IS NULL`,
  `CREATE TABLE api_keys (
     id uuid CONSTRAINT api_keys_pkey PRIMARY KEY,
     user_id uuid NOT NULL CONSTRAINT api_keys_user_id_fkey REFERENCES users (id),
     hash text NOT NULL,
     prefix text NOT NULL,
     name text NOT NULL,
     scopes text[] NOT NULL,
     rate_limit integer,
     created_at timestamptz(3) NOT NULL DEFAULT now(),
     expires_at timestamptz(3),
     last_used_at timestamptz(3),
     revoked_at timestamptz(3),
     replaced_by uuid,
     grace_ends_at timestamptz(3)
   )`,
  'CREATE UNIQUE INDEX api_keys_hash_key ON api_keys (hash)',
  'CREATE INDEX api_keys_user_id_idx ON api_keys (user_id, created_at, id)',
  'CREATE INDEX api_keys_created_at_idx ON api_keys (created_at, id)',
  `CREATE TABLE password_tokens (
     hash text CONSTRAINT password_tokens_pkey PRIMARY KEY,
     user_id uuid NOT NULL CONSTRAINT password_tokens_user_id_fkey REFERENCES users (id),
     created_at timestamptz(3) NOT NULL DEFAULT now(),
     expires_at timestamptz(3) NOT NULL
   )`,
  'CREATE INDEX password_tokens_user_id_idx ON password_tokens (user_id)',
  `CREATE TABLE legacy_sessions (
     id uuid CONSTRAINT legacy_sessions_pkey PRIMARY KEY,
     user_id uuid NOT NULL CONSTRAINT legacy_sessions_user_id_fkey REFERENCES users (id),
     parent_session_id text,
     created_at timestamptz(3) NOT NULL DEFAULT now(),
     expires_at timestamptz(3) NOT NULL,
     closed_at timestamptz(3)
   )`,
  'CREATE INDEX legacy_sessions_user_id_idx ON legacy_sessions (user_id)',
  `CREATE INDEX legacy_sessions_parent_session_id_idx ON legacy_sessions (parent_session_id)
     WHERE parent_session_id IS NOT NULL`,
  'CREATE INDEX legacy_sessions_expires_at_idx ON legacy_sessions (expires_at)',
  `CREATE TABLE used_exchange_tokens (
     token_id text CONSTRAINT used_exchange_tokens_pkey PRIMARY KEY,
     expires_at timestamptz(3) NOT NULL
   )`,
  'CREATE INDEX used_exchange_tokens_expires_at_idx ON used_exchange_tokens (expires_at)',
];

const changes = [
  // One row, locked by each transaction that records trust changes: numbers have no gaps and are committed in order.
  `CREATE TABLE change_counter (
     id integer CONSTRAINT change_counter_pkey PRIMARY KEY CONSTRAINT change_counter_single_check CHECK (id = 1),
     number bigint NOT NULL
   )`,
  'INSERT INTO change_counter (id, number) VALUES (1, 0)',
  `CREATE TABLE changes (
     number bigint CONSTRAINT changes_pkey PRIMARY KEY,
     kind text NOT NULL,
     reason text NOT NULL,
     user_id uuid,
     clerk_user_id text,
     key_id uuid,
     session_id text,
     at timestamptz(3) NOT NULL DEFAULT now()
   )`,
  `CREATE INDEX changes_clerk_session_idx ON changes (session_id) WHERE kind = 'clerk_session'`,
  `CREATE TABLE gateway_leases (
     gateway_id uuid CONSTRAINT gateway_leases_pkey PRIMARY KEY,
     number bigint NOT NULL,
     expires_at timestamptz(3) NOT NULL
   )`,
];

const audit = [
  `CREATE TABLE audit_log (
     id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_log_pkey PRIMARY KEY,
     at timestamptz(3) NOT NULL DEFAULT now(),
     action text NOT NULL,
     outcome text NOT NULL,
     reason text,
     actor_user_id uuid,
     method text,
     credential_id text,
     user_id uuid,
     subject text,
     request_id text NOT NULL,
     source_ip text,
     user_agent text,
     details jsonb NOT NULL DEFAULT '{}'
   )`,
  'CREATE INDEX audit_log_user_id_idx ON audit_log (user_id, id)',
  'CREATE INDEX audit_log_actor_user_id_idx ON audit_log (actor_user_id, id)',
  'CREATE INDEX audit_log_action_idx ON audit_log (action, id)',
  'CREATE INDEX audit_log_at_idx ON audit_log (at)',
  // The service role cannot alter tables, so it cannot drop this trigger.
  `CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
     END
   $$`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
];
