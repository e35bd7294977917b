import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates address conflicts, suspected absences, pending redactions and reconcile runs. */
export class CreateConvergence1790000200000 implements MigrationInterface {
  readonly name = 'CreateConvergence1790000200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...conflicts, ...absences, ...runs]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE reconcile_sightings, reconcile_runs, pending_redactions, suspected_absences, user_conflicts',
    );
  }
}

const conflicts = [
  `CREATE TABLE user_conflicts (
     id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT user_conflicts_pkey PRIMARY KEY,
     kind text NOT NULL CONSTRAINT user_conflicts_kind_check CHECK (kind IN ('email', 'phone')),
     claimant text NOT NULL,
     holder text NOT NULL,
     reason text NOT NULL,
     detected_at timestamptz(3) NOT NULL DEFAULT now(),
     resolved_at timestamptz(3)
   )`,
  `CREATE UNIQUE INDEX user_conflicts_open_key ON user_conflicts (claimant, kind) WHERE resolved_at IS NULL`,
  `CREATE INDEX user_conflicts_holder_idx ON user_conflicts (holder)`,
];

const absences = [
  `CREATE TABLE suspected_absences (
     clerk_user_id text CONSTRAINT suspected_absences_pkey PRIMARY KEY,
     source text NOT NULL,
     suspected_at timestamptz(3) NOT NULL DEFAULT now(),
     check_at timestamptz(3) NOT NULL
   )`,
  'CREATE INDEX suspected_absences_check_at_idx ON suspected_absences (check_at)',
  `CREATE TABLE pending_redactions (
     user_id uuid CONSTRAINT pending_redactions_pkey PRIMARY KEY
       CONSTRAINT pending_redactions_user_id_fkey REFERENCES users (id),
     clerk_user_id text NOT NULL,
     source text NOT NULL,
     was_active boolean NOT NULL,
     found_at timestamptz(3) NOT NULL DEFAULT now(),
     redact_at timestamptz(3) NOT NULL
   )`,
  'CREATE INDEX pending_redactions_clerk_user_id_idx ON pending_redactions (clerk_user_id)',
  'CREATE INDEX pending_redactions_redact_at_idx ON pending_redactions (redact_at)',
];

const runs = [
  `CREATE TABLE reconcile_runs (
     id uuid CONSTRAINT reconcile_runs_pkey PRIMARY KEY,
     state text NOT NULL CONSTRAINT reconcile_runs_state_check
       CHECK (state IN ('queued', 'running', 'needs_approval', 'done', 'refused', 'failed', 'undone')),
     trigger text NOT NULL,
     message text,
     instance_id text,
     approved boolean NOT NULL DEFAULT false,
     cursor text[] NOT NULL DEFAULT '{}',
     walked boolean NOT NULL DEFAULT false,
     users_total integer,
     users_done integer NOT NULL DEFAULT 0,
     absences integer NOT NULL DEFAULT 0,
     changes jsonb NOT NULL DEFAULT '{}',
     requested_at timestamptz(3) NOT NULL DEFAULT now(),
     started_at timestamptz(3),
     updated_at timestamptz(3) NOT NULL DEFAULT now(),
     finished_at timestamptz(3)
   )`,
  'CREATE INDEX reconcile_runs_requested_at_idx ON reconcile_runs (requested_at)',
  // At most one reconcile run is queued or running.
  `CREATE UNIQUE INDEX reconcile_runs_open_key ON reconcile_runs ((true)) WHERE state IN ('queued', 'running')`,
  `CREATE TABLE reconcile_sightings (
     clerk_user_id text CONSTRAINT reconcile_sightings_pkey PRIMARY KEY,
     run_id uuid NOT NULL,
     decision text NOT NULL,
     version bigint,
     seen_at timestamptz(3) NOT NULL DEFAULT now()
   )`,
];
