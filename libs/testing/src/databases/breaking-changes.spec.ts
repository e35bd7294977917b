import { breakingChangesOf } from './breaking-changes';

const of = (...statements: string[]) =>
  breakingChangesOf({
    up: async (runner) => {
      for (const statement of statements) await runner.query(statement);
    },
    down: () => Promise.resolve(),
  });

describe('a migration breaks the previous release', () => {
  it.each([
    'ALTER TABLE users DROP COLUMN bio',
    'ALTER TABLE users DROP bio',
    'DROP TABLE notes',
    'DROP MATERIALIZED VIEW totals',
    'ALTER TABLE users RENAME COLUMN bio TO about',
    'ALTER TABLE users ALTER COLUMN bio SET NOT NULL',
    'ALTER TABLE users ALTER bio TYPE varchar(10)',
    'ALTER TABLE users ALTER COLUMN price SET DATA TYPE numeric(10, 2)',
    'ALTER TABLE users ALTER COLUMN bio DROP DEFAULT',
    'ALTER TABLE users ADD CONSTRAINT short CHECK (length(bio) < 9)',
    'ALTER TABLE users ADD PRIMARY KEY (id)',
    'ALTER TABLE public."users" ADD UNIQUE (bio, town)',
    'ALTER TABLE users ADD COLUMN age integer NOT NULL, ADD COLUMN town text DEFAULT now()',
    'ALTER TABLE users ADD COLUMN price numeric(10, 2) NOT NULL, ADD COLUMN kind text NOT NULL DEFAULT 1',
    'ALTER TABLE users\n  ADD age integer\n  NOT NULL',
    'CREATE INDEX users_bio_idx ON users (bio)',
    'CREATE INDEX IF NOT EXISTS users_bio_idx ON ONLY public.users USING gin (bio)',
    'CREATE UNIQUE INDEX CONCURRENTLY users_bio_key ON users (bio)',
    'CREATE TABLE notes (id uuid); CREATE INDEX users_bio_idx ON users (bio); CREATE INDEX notes_idx ON notes (id)',
    'REVOKE INSERT ON users FROM service',
    'ALTER TABLE users ADD age int,DROP COLUMN bio',
    'ALTER TABLE users ADD age int\n,\nDROP COLUMN bio',
    'ALTER TABLE archive.users DROP COLUMN bio',
    'ALTER TABLE "archive"."users" RENAME TO old',
    'CREATE TABLE archive.users (id uuid); ALTER TABLE users DROP COLUMN bio',
    'CREATE INDEX users_bio_idx ON archive.users (bio)',
    'ALTER TABLE users SET SCHEMA archive',
    'ALTER TABLE users DETACH PARTITION users_2026',
    'ALTER TYPE kind SET SCHEMA archive',
    'ALTER SCHEMA public RENAME TO old',
    'DROP INDEX users_bio_idx',
    'DROP INDEX CONCURRENTLY users_bio_idx',
    'CREATE INDEX CONCURRENTLY users_bio_idx ON users (bio); DROP INDEX IF EXISTS users_bio_idx',
    'TRUNCATE users',
    'ALTER TYPE kind RENAME VALUE one TO two',
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'notes') THEN DROP TABLE notes; END IF; END $$",
    'DO $do$ BEGIN ALTER TABLE users DROP COLUMN bio; END $do$',
    "DO LANGUAGE plpgsql $$ BEGIN EXECUTE format('DROP TABLE %I', 'notes'); END $$",
  ])('with %s', async (statement) => {
    expect(await of(statement)).toHaveLength(1);
  });
});

describe('a migration does not break the previous release', () => {
  it.each([
    'CREATE TABLE notes (id uuid NOT NULL, CONSTRAINT short CHECK (true), UNIQUE (id))',
    'ALTER TABLE users ADD COLUMN age integer, ADD COLUMN kind text NOT NULL DEFAULT 1',
    'ALTER TABLE users ADD COLUMN price numeric(10, 2) DEFAULT 0 NOT NULL',
    'ALTER TABLE users ADD COLUMN step bigint GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE users ALTER COLUMN bio DROP NOT NULL, DROP CONSTRAINT short',
    'CREATE INDEX CONCURRENTLY users_bio_idx ON users (bio)',
    'DROP INDEX CONCURRENTLY IF EXISTS users_bio_idx; CREATE INDEX CONCURRENTLY users_bio_idx ON users (bio)',
    'CREATE FUNCTION forget() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE notes; END $$',
    'CREATE TRIGGER late BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION refuse()',
    "DO $$ BEGIN IF true THEN INSERT INTO notes VALUES (1); END IF; EXCEPTION WHEN others THEN RAISE NOTICE 'no'; END $$",
    'INSERT INTO notes (text) VALUES (1) -- DROP TABLE notes;',
    'GRANT SELECT ON users TO service',
  ])('with %s', async (statement) => {
    expect(await of(statement)).toEqual([]);
  });

  it('with changes to a table that it created itself', async () => {
    const created = [
      'CREATE TABLE notes (id uuid)',
      'CREATE TABLE archive.notes (id uuid)',
      'CREATE UNIQUE INDEX notes_key ON notes (id)',
    ];
    expect(await of(...created, 'ALTER TABLE notes ADD PRIMARY KEY (id), ADD COLUMN text text NOT NULL')).toEqual([]);
    expect(await of(...created, 'ALTER TABLE archive.notes ADD COLUMN text text NOT NULL')).toEqual([]);
  });
});
