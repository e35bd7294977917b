import { randomUUID } from 'node:crypto';
import { type TestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
import { USER_SETTING, WORKER_ROLE } from '../src/database/row-security';
import { createDataDatabase } from './data-world';

/** Values of columns, as SQL, whose checks reject the value that their type gets; by table or for all. */
const samples: Record<string, Record<string, string>> = {
  limit_overrides: { kind: `'tokens'` },
  quota_periods: { kind: `'tokens'`, period: `date_trunc('month', now())` },
  quota_reservations: { kind: `'tokens'`, period: `date_trunc('month', now())`, state: `'open'` },
  quota_movements: { kind: `'tokens'`, type: `'grant'` },
  stream_outbox: { key: `'${randomUUID()}.item.${randomUUID()}'` },
  quota_outbox: { key: `'${randomUUID()}.tokens.${randomUUID()}'` },
  stream_epochs: { state: `'complete'` },
  idempotency_keys: { id: `decode(repeat('ab', 32), 'hex')`, request_hash: `decode(repeat('cd', 32), 'hex')` },
};
const byType: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  text: `'x'`,
  boolean: 'false',
  integer: '1',
  bigint: '1',
  json: `'{}'`,
  jsonb: `'{}'`,
  bytea: `'x'`,
  ARRAY: `'{}'`,
  date: 'current_date',
  'timestamp with time zone': 'now()',
};
/** What the worker may do in each table, with the columns where they are not all. It publishes resources, so it reads them. */
const workerRights: Record<string, string> = {
  assistant_sessions: 'SELECT (created_at, id, name, settings, status, updated_at, user_id, version), DELETE',
  audit_log:
    'SELECT, INSERT (action, actor_user_id, client_request_id, credential_id, details, method, outcome, reason, repeatable, request_id, source_ip, subject, user_agent, user_id), DELETE',
  idempotency_keys: 'SELECT (created_at, id, user_id), DELETE',
  items: 'SELECT (created_at, description, id, title, updated_at, user_id, version), DELETE',
  limit_overrides: 'SELECT (kind, limit, user_id), DELETE',
  quota_movements:
    'SELECT (at, id, kind, user_id), INSERT (amount, at, kind, limit_after, period, reserved_after, subject_id, type, used_after, user_id), DELETE',
  quota_outbox: 'SELECT, INSERT (key, version), UPDATE (version), DELETE',
  quota_periods: 'SELECT, UPDATE (reserved), DELETE',
  quota_reservations: 'SELECT, UPDATE (balance_after, settled_at, state), DELETE',
  quota_tombstones: 'SELECT, INSERT, UPDATE (version), DELETE',
  resource_counts: 'SELECT (kind, user_id), DELETE',
  resource_tombstones: 'SELECT, INSERT, UPDATE (deleted_at, remove_at, version), DELETE',
  stream_epochs: 'SELECT, INSERT, UPDATE',
  stream_outbox: 'SELECT, INSERT (changed, key, version), UPDATE (changed, version), DELETE',
  templates:
    'SELECT (body, created_at, description, id, is_public, language, name, tags, updated_at, user_id, version), DELETE',
  upload_totals: 'SELECT, DELETE',
  uploads: 'SELECT (created_at, id, user_id), DELETE',
  user_erasures:
    'SELECT, INSERT (generation, user_id, version), UPDATE (attempts, erased_at, generation, noticed_at, retry_at, version), DELETE',
};
/** Tables without the column `user_id`: the key of an outbox begins with it, and an epoch belongs to a whole stream. */
const keyOf: Record<string, string> = { stream_epochs: 'stream', stream_outbox: 'key', quota_outbox: 'key' };
const keyed = Object.keys(keyOf);

const [asha, ben] = [randomUUID(), randomUUID()];
let database: TestDatabase;
let tables: string[];

const asAdmin = async <Result>(work: (client: Client) => Promise<Result>) =>
  work(await connectionOf(database.adminUrl));

beforeAll(async () => {
  database = await createDataDatabase();
  tables = await asAdmin(async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         AND relname <> 'migrations' ORDER BY 1`,
    );
    for (const { name } of rows) await admin.query(await insertFor(admin, name, asha));
    return rows.map(({ name }) => name);
  });
});

afterAll(async () => {
  for (const client of connections.values()) await client.end();
  await database?.drop();
});

/** A statement that inserts a row of a user into a table, with a value for each column that needs one. */
async function insertFor(client: Client, table: string, userId: string): Promise<string> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = $1 AND column_default IS NULL AND is_nullable = 'NO'
        AND is_identity = 'NO' ORDER BY ordinal_position`,
    [table],
  );
  const values = rows.map(({ name, type }) =>
    name === 'user_id' ? `'${userId}'` : (samples[table]?.[name] ?? byType[type] ?? `no sample of ${type}`),
  );
  return `INSERT INTO ${table} (${rows.map(({ name }) => `"${name}"`).join(', ')}) VALUES (${values.join(', ')})`;
}

/** One connection for each login. */
const connections = new Map<string, Client>();

async function connectionOf(url: string): Promise<Client> {
  const known = connections.get(url);
  if (known !== undefined) return known;
  const client = new Client({ connectionString: url });
  connections.set(url, client);
  await client.connect();
  return client;
}

/** Runs a statement with a login, in the name of a user or of nobody, and rolls back. Returns rows or SQLSTATE. */
async function attempt(url: string | undefined, userId: string | null, text: string): Promise<number | string> {
  const client = await connectionOf(url ?? '');
  await client.query('BEGIN');
  await client.query('SELECT set_config($1, $2, true)', [USER_SETTING, userId ?? '']);
  try {
    return (await client.query(text)).rowCount ?? 0;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.query('ROLLBACK');
  }
}

const NOTHING = 0;
const DENIED = '42501';

it('every table of the database is listed, and belongs to users', async () => {
  expect(tables).toEqual(expect.arrayContaining(['assistant_sessions', 'items', 'resource_counts', 'templates']));
  const rows = await asAdmin((admin) =>
    admin.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'user_id' AND data_type = 'uuid' AND is_nullable = 'NO'`,
    ),
  );
  expect([...rows.rows.map(({ name }) => name), ...keyed].sort()).toEqual(tables);
});

it('row-level security is forced on every table, and every table has a policy', async () => {
  const { rows } = await asAdmin((admin) =>
    admin.query<{ name: string; forced: boolean; policies: number }>(
      `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
              (SELECT count(*) FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname)::int AS policies
         FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1)`,
      [tables],
    ),
  );
  expect(rows).toHaveLength(tables.length);
  for (const row of rows) expect(row).toEqual({ name: row.name, forced: true, policies: expect.any(Number) });
  expect(rows.filter(({ policies }) => policies === 0)).toEqual([]);
});

it('the service sees and changes nothing of another user, in any table, when it forgets the condition', async () => {
  for (const table of tables) {
    for (const user of [ben, null]) {
      const where = [table, user === null ? 'nobody' : 'another user'];
      const seen = await attempt(database.serviceUrl, user, `SELECT FROM ${table}`);
      const column = keyOf[table] ?? 'user_id';
      const changed = await attempt(database.serviceUrl, user, `UPDATE ${table} SET ${column} = ${column}`);
      const deleted = await attempt(database.serviceUrl, user, `DELETE FROM ${table}`);
      expect([...where, seen]).toEqual([...where, NOTHING]);
      expect([NOTHING, DENIED]).toContain(changed);
      expect([NOTHING, DENIED]).toContain(deleted);
      if (table === 'audit_log') continue; // An admin who acts for a user writes there what it did with that user's data.
      const forged = await asAdmin((admin) => insertFor(admin, table, asha));
      expect([...where, await attempt(database.serviceUrl, user, forged)]).toEqual([...where, DENIED]);
    }
  }
});

it('the owner of the tables is restricted too', async () => {
  for (const table of tables) {
    expect([table, await attempt(database.ownerUrl, ben, `SELECT FROM ${table}`)]).toEqual([table, NOTHING]);
  }
});

it('the worker may do exactly what its tasks need', async () => {
  const { rows } = await asAdmin((admin) =>
    admin.query<{ name: string; command: string; columns: string[]; of: number }>(
      `SELECT c.relname AS name, command, array_agg(a.attname::text ORDER BY a.attname) AS columns, c.relnatts AS of
         FROM pg_class c
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) WITH ORDINALITY AS t(command, n)
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1)
          AND CASE WHEN command IN ('DELETE', 'TRUNCATE') THEN has_table_privilege($2, c.oid, command)
                   ELSE has_column_privilege($2, c.oid, a.attnum, command) END
        GROUP BY c.relname, c.relnatts, command, n ORDER BY c.relname, n`,
      [tables, WORKER_ROLE],
    ),
  );
  const rights: Record<string, string[]> = {};
  for (const { name, command, columns, of } of rows) {
    const part = columns.length === of ? command : `${command} (${columns.join(', ')})`;
    rights[name] = [...(rights[name] ?? []), part];
  }
  const found = Object.fromEntries(Object.entries(rights).map(([name, parts]) => [name, parts.join(', ')]));
  expect(found).toEqual(workerRights);
});

it('the worker adds and changes nothing but expiries and entries about erasures', async () => {
  const add = (type: string) =>
    attempt(
      database.workerUrl,
      null,
      `INSERT INTO quota_movements (user_id, kind, at, type, amount, limit_after)
       VALUES ('${asha}', 'tokens', now(), '${type}', 1, 1)`,
    );
  expect([await add('grant'), await add('expire')]).toEqual([DENIED, 1]);
  const audit = (action: string) =>
    attempt(
      database.workerUrl,
      null,
      `INSERT INTO audit_log (action, actor_user_id, method, user_id, request_id)
       VALUES ('${action}', '${asha}', 'api_key', '${asha}', 'r')`,
    );
  expect([await audit('data.read'), await audit('data.erase')]).toEqual([DENIED, 1]);
  const change = (state: string) =>
    attempt(database.workerUrl, null, `UPDATE quota_reservations SET state = '${state}', settled_at = now()`);
  expect([await change('released'), await change('expired')]).toEqual([DENIED, 1]);
});

it('nobody writes the outbox and the tombstones but the trigger of a change', async () => {
  const key = `${asha}.item.${randomUUID()}`;
  const written = [
    `INSERT INTO stream_outbox (key, version) VALUES ('${key}', 1)`,
    `INSERT INTO quota_outbox (key, version) VALUES ('${asha}.tokens.${asha}', 1)`,
    `INSERT INTO quota_tombstones (user_id, kind, version) VALUES ('${asha}', 'uploads', 1)`,
    `INSERT INTO resource_tombstones (user_id, kind, id, version, deleted_at, remove_at)
       VALUES ('${asha}', 'item', gen_random_uuid(), 1, now(), now())`,
  ];
  for (const statement of written) {
    expect(await attempt(database.serviceUrl, asha, statement)).toBe(DENIED);
    expect(await attempt(database.workerUrl, null, statement)).toBe(DENIED);
  }
  for (const table of ['stream_outbox', 'quota_outbox', 'resource_tombstones', 'quota_tombstones', 'stream_epochs']) {
    for (const statement of [`SELECT FROM ${table}`, `UPDATE ${table} SET version = 9`, `DELETE FROM ${table}`]) {
      if (table === 'stream_epochs' && statement.startsWith('UPDATE')) continue;
      expect([statement, await attempt(database.serviceUrl, asha, statement)]).toEqual([statement, NOTHING]);
    }
  }
});

it('the rows of the first user are still there', async () => {
  for (const table of tables) {
    if (keyed.includes(table)) continue;
    const { rowCount } = await asAdmin((admin) => admin.query(`SELECT FROM ${table} WHERE user_id = $1`, [asha]));
    expect([table, rowCount]).toEqual([table, 1]);
  }
});

describe('a public template', () => {
  it('is readable for every user, and writable for its owner alone', async () => {
    await asAdmin((admin) => admin.query('UPDATE templates SET is_public = true'));
    const all = (userId: string | null, statement: string) => attempt(database.serviceUrl, userId, statement);
    expect(await all(ben, 'SELECT FROM templates')).toBe(1);
    expect(await all(null, 'SELECT FROM templates')).toBe(NOTHING);
    expect(await all(ben, `UPDATE templates SET name = 'changed'`)).toBe(NOTHING);
    expect(await all(ben, `UPDATE templates SET user_id = '${ben}'`)).toBe(NOTHING);
    expect(await all(ben, 'DELETE FROM templates')).toBe(NOTHING);
    expect(await all(asha, `UPDATE templates SET name = 'changed'`)).toBe(1);
    expect(await all(asha, `UPDATE templates SET user_id = '${ben}'`)).toBe(DENIED);
    expect(await all(asha, 'DELETE FROM templates')).toBe(1);
  });
});
