import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds external ids of users, and creates the tables of imports. */
export class CreateUserImports1790000781000 implements MigrationInterface {
  readonly name = 'CreateUserImports1790000781000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD COLUMN external_id text');
    // Admins see external ids, so a change of one dates the user, like those that the trigger users_updated_at covers.
    await runner.query(
      `CREATE TRIGGER users_external_id_updated_at BEFORE UPDATE ON users FOR EACH ROW
         WHEN (OLD.external_id IS DISTINCT FROM NEW.external_id) EXECUTE FUNCTION date_user_change()`,
    );
    await runner.query(`
      CREATE TABLE user_imports (
        id uuid CONSTRAINT user_imports_pkey PRIMARY KEY,
        state text NOT NULL CONSTRAINT user_imports_state_check CHECK (state IN ('uploading', 'planning',
          'needs_approval', 'applying', 'done', 'undoing', 'undone', 'failed', 'discarded')),
        format text NOT NULL CONSTRAINT user_imports_format_check CHECK (format IN ('csv', 'jsonl')),
        message text,
        bytes bigint NOT NULL DEFAULT 0,
        rows_total integer,
        rows_done integer NOT NULL DEFAULT 0,
        plan jsonb NOT NULL DEFAULT '{}',
        outcomes jsonb NOT NULL DEFAULT '{}',
        reversals jsonb NOT NULL DEFAULT '{}',
        requested_by uuid NOT NULL,
        requested_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        approved_at timestamptz(3)
      )`);
    await runner.query(`
      CREATE TABLE user_import_chunks (
        import_id uuid NOT NULL CONSTRAINT user_import_chunks_import_id_fkey REFERENCES user_imports (id)
          ON DELETE CASCADE,
        position bigint NOT NULL,
        content bytea NOT NULL,
        CONSTRAINT user_import_chunks_pkey PRIMARY KEY (import_id, position)
      )`);
    await runner.query(`
      CREATE TABLE user_import_keys (
        import_id uuid NOT NULL CONSTRAINT user_import_keys_import_id_fkey REFERENCES user_imports (id)
          ON DELETE CASCADE,
        key bytea NOT NULL,
        row integer NOT NULL,
        CONSTRAINT user_import_keys_pkey PRIMARY KEY (import_id, key)
      )`);
    await runner.query(`
      CREATE TABLE user_import_rows (
        import_id uuid NOT NULL CONSTRAINT user_import_rows_import_id_fkey REFERENCES user_imports (id)
          ON DELETE CASCADE,
        row integer NOT NULL,
        line integer NOT NULL,
        action text NOT NULL CONSTRAINT user_import_rows_action_check
          CHECK (action IN ('create', 'link', 'update', 'unchanged', 'conflict', 'invalid')),
        reason text NOT NULL,
        detail text NOT NULL,
        errors jsonb NOT NULL DEFAULT '[]',
        user_id uuid,
        clerk_user_id text,
        content jsonb,
        sets text[] NOT NULL DEFAULT '{}',
        leaves text[] NOT NULL DEFAULT '{}',
        basis text,
        outcome text,
        changed jsonb,
        reversal text,
        not_restored text[] NOT NULL DEFAULT '{}',
        CONSTRAINT user_import_rows_pkey PRIMARY KEY (import_id, row)
      )`);
    for (const index of [
      'CREATE INDEX user_imports_requested_at_idx ON user_imports (requested_at, id)',
      `CREATE INDEX user_imports_working_idx ON user_imports (updated_at)
         WHERE state IN ('planning', 'applying', 'undoing')`,
      'CREATE INDEX user_import_rows_action_idx ON user_import_rows (import_id, action, row)',
      `CREATE INDEX user_import_rows_personal_idx ON user_import_rows (import_id)
         WHERE content IS NOT NULL OR changed IS NOT NULL`,
      'CREATE INDEX user_import_rows_user_id_idx ON user_import_rows (user_id) WHERE user_id IS NOT NULL',
    ]) {
      await runner.query(index);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_import_rows, user_import_keys, user_import_chunks, user_imports');
    await runner.query('DROP TRIGGER users_external_id_updated_at ON users');
    await runner.query('ALTER TABLE users DROP COLUMN external_id');
  }
}
