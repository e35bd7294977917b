import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Records which metadata values at Clerk are ours, and the collisions with values that are not. */
export class CreateMetadataCollisions1790000720000 implements MigrationInterface {
  readonly name = 'CreateMetadataCollisions1790000720000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...collisions, ...writeBacks]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE metadata_collisions');
    await runner.query('ALTER TABLE write_backs DROP COLUMN ours, DROP COLUMN seen');
  }
}

const CURRENT = `state IN ('open', 'taking', 'left')`;

const collisions = [
  `CREATE TABLE metadata_collisions (
     id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT metadata_collisions_pkey PRIMARY KEY,
     user_id uuid NOT NULL
       CONSTRAINT metadata_collisions_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
     key text NOT NULL,
     shown text,
     digest text,
     state text NOT NULL DEFAULT 'open'
       CONSTRAINT metadata_collisions_state_check CHECK (state IN ('open', 'taking', 'left', 'taken', 'gone')),
     detected_at timestamptz(3) NOT NULL DEFAULT now(),
     decided_at timestamptz(3),
     ended_at timestamptz(3)
   )`,
  `CREATE UNIQUE INDEX metadata_collisions_current_key ON metadata_collisions (user_id, key) WHERE ${CURRENT}`,
  `CREATE INDEX metadata_collisions_open_idx ON metadata_collisions (key, digest, id) WHERE state = 'open'`,
  `CREATE INDEX metadata_collisions_user_id_idx ON metadata_collisions (user_id)`,
  `CREATE INDEX metadata_collisions_ended_at_idx ON metadata_collisions (ended_at) WHERE ended_at IS NOT NULL`,
];

const writeBacks = [
  `ALTER TABLE write_backs ADD COLUMN ours jsonb NOT NULL DEFAULT '{}', ADD COLUMN seen text`,
  // Earlier releases wrote both values unconditionally: after each completed write, Clerk had ours.
  `UPDATE write_backs AS w
      SET ours = jsonb_build_object('dbId', jsonb_build_object('written', u.id),
                                    'role', jsonb_build_object('written', u.role))
     FROM users AS u WHERE u.id = w.user_id AND w.state = 'done'`,
];
