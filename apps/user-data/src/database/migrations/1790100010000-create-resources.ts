import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE, currentUserSql, restrictToOwner } from '../row-security';

/** Creates the tables of items, templates and assistant sessions, and the numbers of them that each user has. */
export class CreateResources1790100010000 implements MigrationInterface {
  readonly name = 'CreateResources1790100010000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...counts, ...items, ...templates, ...sessions, ...erasure]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE items, templates, assistant_sessions, resource_counts');
  }
}

// Room in each page, because the same rows change again and again.
const counts = [
  `CREATE TABLE resource_counts (
     user_id uuid NOT NULL,
     kind text NOT NULL,
     used integer NOT NULL DEFAULT 0,
     CONSTRAINT resource_counts_pkey PRIMARY KEY (user_id, kind),
     CONSTRAINT resource_counts_used_check CHECK (used >= 0)
   ) WITH (fillfactor = 70)`,
  ...restrictToOwner('resource_counts'),
];

/** A table with the columns of every resource and its own, and an index by each sort column. */
function resourceTable(table: string, columns: readonly string[]): string[] {
  return [
    `CREATE TABLE ${table} (
       id uuid CONSTRAINT ${table}_pkey PRIMARY KEY,
       user_id uuid NOT NULL,
       ${columns.map((column) => `${column},`).join('\n       ')}
       name_key text COLLATE "C" NOT NULL,
       version integer NOT NULL DEFAULT 1,
       created_at timestamptz(3) NOT NULL DEFAULT now(),
       updated_at timestamptz(3) NOT NULL DEFAULT now()
     )`,
    ...SORTS.map((sort) => `CREATE INDEX ${table}_user_id_${sort}_idx ON ${table} (user_id, ${sort}, id)`),
    ...restrictToOwner(table),
  ];
}

const SORTS = ['created_at', 'updated_at', 'name_key'];

const items = resourceTable('items', ['title text NOT NULL', 'description text']);

const templates = [
  ...resourceTable('templates', [
    'name text NOT NULL',
    'description text',
    'language text',
    'body text NOT NULL',
    'tags text[] NOT NULL',
    'is_public boolean NOT NULL',
  ]),
  ...SORTS.flatMap((sort) => [
    `CREATE INDEX templates_user_id_language_${sort}_idx ON templates (user_id, language, ${sort}, id)`,
    `CREATE INDEX templates_public_${sort}_idx ON templates (${sort}, id) WHERE is_public`,
    `CREATE INDEX templates_public_language_${sort}_idx ON templates (language, ${sort}, id) WHERE is_public`,
  ]),
  // Every signed-in user may read public templates. Only the policy for owners allows to write.
  `CREATE POLICY templates_public ON templates FOR SELECT USING (is_public AND ${currentUserSql} IS NOT NULL)`,
];

const sessions = [
  ...resourceTable('assistant_sessions', ['name text NOT NULL', 'status text NOT NULL', 'settings json NOT NULL']),
  ...SORTS.map(
    (sort) =>
      `CREATE INDEX assistant_sessions_user_id_status_${sort}_idx ON assistant_sessions (user_id, status, ${sort}, id)`,
  ),
];

/** By table, the columns that the worker reads to delete the rows of an erased user. It sees nothing of their content. */
const erasable = {
  resource_counts: 'user_id, kind',
  items: 'user_id, id',
  templates: 'user_id, id',
  assistant_sessions: 'user_id, id',
};

const erasure = Object.entries(erasable).flatMap(([table, columns]) => [
  `CREATE POLICY ${table}_worker_read ON ${table} FOR SELECT TO ${WORKER_ROLE} USING (true)`,
  `CREATE POLICY ${table}_worker_delete ON ${table} FOR DELETE TO ${WORKER_ROLE} USING (true)`,
  `GRANT SELECT (${columns}), DELETE ON ${table} TO ${WORKER_ROLE}`,
]);
