import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates write-backs and the budget of requests to Clerk. */
export class CreateWriteBacks1790000400000 implements MigrationInterface {
  readonly name = 'CreateWriteBacks1790000400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...writeBacks, budget]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE clerk_budget, write_backs');
  }
}

const writeBacks = [
  `CREATE TABLE write_backs (
     user_id uuid CONSTRAINT write_backs_pkey PRIMARY KEY
       CONSTRAINT write_backs_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
     state text NOT NULL CONSTRAINT write_backs_state_check CHECK (state IN ('pending', 'done', 'dead')),
     reason text NOT NULL,
     bulk boolean NOT NULL DEFAULT false,
     revision bigint NOT NULL DEFAULT 1,
     retry_count integer NOT NULL DEFAULT 0,
     owed_at timestamptz(3) NOT NULL DEFAULT now(),
     due_at timestamptz(3) NOT NULL DEFAULT now(),
     claim uuid,
     claimed_until timestamptz(3),
     written_at timestamptz(3),
     error_code text,
     error_message text
   )`,
  `CREATE INDEX write_backs_due_idx ON write_backs (bulk, due_at) WHERE state = 'pending'`,
  `CREATE INDEX write_backs_owed_at_idx ON write_backs (owed_at) WHERE state = 'pending'`,
  `CREATE INDEX write_backs_dead_idx ON write_backs (user_id) WHERE state = 'dead'`,
  // Users that are older than this table have never been written to Clerk.
  `INSERT INTO write_backs (user_id, state, reason, bulk)
   SELECT id, 'pending', 'create', true FROM users WHERE clerk_user_id IS NOT NULL AND deleted_at IS NULL`,
];

// Updated by each request to Clerk. Unlogged, that is cheap, and a crash loses only a few seconds of history.
const budget = `CREATE UNLOGGED TABLE clerk_budget (
   id integer CONSTRAINT clerk_budget_pkey PRIMARY KEY CONSTRAINT clerk_budget_single_check CHECK (id = 1),
   tokens double precision NOT NULL,
   refilled_at timestamptz NOT NULL
 )`;
