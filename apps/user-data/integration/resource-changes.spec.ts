import { randomUUID } from 'node:crypto';
import { type TestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
import { USER_SETTING } from '../src/database/row-security';
import { createDataDatabase } from './data-world';

let database: TestDatabase;
const clients = new Map<string, Client>();

beforeAll(async () => {
  database = await createDataDatabase();
});

afterAll(async () => {
  for (const client of clients.values()) await client.end();
  await database?.drop();
});

async function connectionOf(url: string): Promise<Client> {
  const known = clients.get(url);
  if (known !== undefined) return known;
  const client = new Client({ connectionString: url });
  clients.set(url, client);
  await client.connect();
  return client;
}

/** Runs statements in one transaction of the service, in the name of a user. */
async function asOwner(userId: string, ...statements: readonly string[]): Promise<void> {
  const client = await connectionOf(database.serviceUrl);
  await client.query('BEGIN');
  await client.query('SELECT set_config($1, $2, true)', [USER_SETTING, userId]);
  for (const statement of statements) await client.query(statement);
  await client.query('COMMIT');
}

/** Runs a statement as a superuser. */
async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await (await connectionOf(database.adminUrl)).query<Row>(text, values)).rows;
}

const outboxOf = (userId: string) =>
  query(`SELECT key, version::int, changed FROM stream_outbox WHERE starts_with(key, $1) ORDER BY key`, [userId]);
const keyOf = (userId: string, kind: string, id: string) => `${userId}.${kind}.${id}`;
const tombstonesOf = (userId: string) =>
  query(`SELECT kind, id, version FROM resource_tombstones WHERE user_id = $1`, [userId]);

const insertItem = (userId: string, id: string) =>
  `INSERT INTO items (id, user_id, title, name_key) VALUES ('${id}', '${userId}', 'a', 'a')`;

describe('the outbox of resources', () => {
  it('has one row of each changed resource, with every changed column and the time of the first change', async () => {
    const [user, id] = [randomUUID(), randomUUID()];
    await asOwner(user, insertItem(user, id));
    expect(await outboxOf(user)).toEqual([{ key: keyOf(user, 'item', id), version: 1, changed: [] }]);
    const [first] = await query<{ enqueued_at: Date }>('SELECT enqueued_at FROM stream_outbox WHERE key LIKE $1', [
      `%${id}`,
    ]);
    await query('DELETE FROM stream_outbox WHERE key LIKE $1', [`%${id}`]);
    await asOwner(user, `UPDATE items SET title = 'b', name_key = 'b', version = version + 1 WHERE id = '${id}'`);
    const [second] = await query<{ enqueued_at: Date }>('SELECT enqueued_at FROM stream_outbox WHERE key LIKE $1', [
      `%${id}`,
    ]);
    await asOwner(user, `UPDATE items SET description = 'c', version = version + 1, updated_at = now()`);
    expect(await outboxOf(user)).toEqual([
      { key: keyOf(user, 'item', id), version: 3, changed: ['description', 'title'] },
    ]);
    const [third] = await query<{ enqueued_at: Date }>('SELECT enqueued_at FROM stream_outbox WHERE key LIKE $1', [
      `%${id}`,
    ]);
    expect(third).toEqual(second);
    expect(second?.enqueued_at.getTime()).toBeGreaterThanOrEqual(first?.enqueued_at.getTime() ?? Infinity);
  });

  it('has no row of a change that was rolled back', async () => {
    const [user, id] = [randomUUID(), randomUUID()];
    await expect(asOwner(user, insertItem(user, id), 'SELECT 1 / 0')).rejects.toThrow('division by zero');
    await (await connectionOf(database.serviceUrl)).query('ROLLBACK');
    expect(await outboxOf(user)).toEqual([]);
  });

  it('has the rows of templates and assistant sessions too', async () => {
    const [user, template, session] = [randomUUID(), randomUUID(), randomUUID()];
    await asOwner(
      user,
      `INSERT INTO templates (id, user_id, name, body, tags, is_public, name_key)
         VALUES ('${template}', '${user}', 'a', 'b', '{x}', false, 'a')`,
      `INSERT INTO assistant_sessions (id, user_id, name, status, settings, name_key)
         VALUES ('${session}', '${user}', 'a', 'active', '{"b": 1, "a": 1e300}', 'a')`,
      `UPDATE templates SET tags = '{x,y}', is_public = true, version = version + 1`,
      `UPDATE assistant_sessions SET settings = '{"a": 1}', name = 'a', version = version + 1`,
    );
    expect(await outboxOf(user)).toEqual([
      { key: keyOf(user, 'assistant-session', session), version: 2, changed: ['settings'] },
      { key: keyOf(user, 'template', template), version: 2, changed: ['isPublic', 'tags'] },
    ]);
  });

  it('has the tombstone of a deleted resource, whose version is one more than its last', async () => {
    const [user, id] = [randomUUID(), randomUUID()];
    await asOwner(
      user,
      insertItem(user, id),
      `UPDATE items SET title = 'b', version = version + 1`,
      'DELETE FROM items',
    );
    expect(await outboxOf(user)).toEqual([{ key: keyOf(user, 'item', id), version: 3, changed: [] }]);
    expect(await tombstonesOf(user)).toEqual([{ kind: 'item', id, version: 3 }]);
  });
});

describe("an operator's statement", () => {
  it('gets a version and a row of the outbox, although it does not count the version', async () => {
    const [user, id] = [randomUUID(), randomUUID()];
    await asOwner(user, insertItem(user, id));
    await query(`UPDATE items SET title = 'by hand' WHERE id = $1`, [id]);
    expect(await query('SELECT version FROM items WHERE id = $1', [id])).toEqual([{ version: 2 }]);
    expect(await outboxOf(user)).toEqual([{ key: keyOf(user, 'item', id), version: 2, changed: ['title'] }]);
  });

  it('that changes only a sort key publishes nothing', async () => {
    const [user, id] = [randomUUID(), randomUUID()];
    await asOwner(user, insertItem(user, id));
    await query('DELETE FROM stream_outbox WHERE key LIKE $1', [`%${id}`]);
    await query(`UPDATE items SET name_key = 'z' WHERE id = $1`, [id]);
    expect(await outboxOf(user)).toEqual([]);
  });

  it('that gives a resource to another user deletes it for the first and publishes it for the second', async () => {
    const [from, to, id] = [randomUUID(), randomUUID(), randomUUID()];
    await asOwner(from, insertItem(from, id));
    await query('UPDATE items SET user_id = $2 WHERE id = $1', [id, to]);
    expect(await outboxOf(from)).toEqual([{ key: keyOf(from, 'item', id), version: 2, changed: [] }]);
    expect(await tombstonesOf(from)).toEqual([{ kind: 'item', id, version: 2 }]);
    expect(await outboxOf(to)).toEqual([{ key: keyOf(to, 'item', id), version: 2, changed: [] }]);
    expect(await tombstonesOf(to)).toEqual([]);
  });
});
