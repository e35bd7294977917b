import { withdrawalsOf } from './withdrawals';

const of = (statement: string) =>
  withdrawalsOf({
    up: async (runner) => void (await runner.query(statement)),
    down: () => Promise.resolve(),
  });

describe('a migration takes something away from the version before it', () => {
  it.each([
    'ALTER TABLE users DROP COLUMN bio',
    'DROP TABLE notes',
    'ALTER TABLE users RENAME COLUMN bio TO about',
    'ALTER TABLE users ALTER COLUMN bio SET NOT NULL',
    'ALTER TABLE users ALTER bio TYPE varchar(10)',
    'ALTER TABLE users ALTER COLUMN bio DROP DEFAULT',
    'ALTER TABLE users ADD CONSTRAINT short CHECK (length(bio) < 9)',
    'ALTER TABLE users ADD COLUMN age integer NOT NULL, ADD COLUMN town text DEFAULT now()',
  ])('with %s', async (statement) => {
    expect(await of(statement)).toHaveLength(1);
  });
});

describe('a migration takes nothing away', () => {
  it.each([
    'CREATE TABLE notes (id uuid NOT NULL, CONSTRAINT short CHECK (true), UNIQUE (id))',
    'ALTER TABLE users ADD COLUMN age integer, ADD COLUMN kind text NOT NULL DEFAULT 1',
    'ALTER TABLE users ADD COLUMN step bigint GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE users ALTER COLUMN bio DROP NOT NULL',
    'CREATE INDEX users_bio_idx ON users (bio)',
    'DROP INDEX users_bio_idx',
    'CREATE FUNCTION forget() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE notes; END $$',
  ])('with %s', async (statement) => {
    expect(await of(statement)).toEqual([]);
  });
});
