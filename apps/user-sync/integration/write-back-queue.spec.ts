import { randomUUID } from 'node:crypto';
import { createDataSource } from '@gatehouse/persistence';
import { withClient } from '@gatehouse/local-stack';
import { type TestDatabase, eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { type DataSource } from 'typeorm';
import { serviceDatabase } from '../src/database/database-options';
import { type WriteBackLease, WriteBackQueue } from '../src/write-back/queue/write-back-queue';
import { usersDatabase } from './sync-world';

let database: TestDatabase;
let dataSource: DataSource;
let other: Client;
let third: Client;
let queue: WriteBackQueue;
let lease: WriteBackLease;

beforeEach(async () => {
  database = await usersDatabase();
  [other, third] = [await connected(), await connected()];
  // PostgreSQL aborts the session whose deadlock_timeout ends first: the one of the queue.
  await other.query("SET deadlock_timeout = '1min'");
  await other.query(`ALTER DATABASE ${new URL(database.adminUrl).pathname.slice(1)} SET deadlock_timeout = '100ms'`);
  dataSource = await createDataSource(serviceDatabase({ url: database.serviceUrl, poolSize: 1 })).initialize();
  for (const name of ['first', 'second']) {
    const id = randomUUID();
    await other.query(
      `INSERT INTO users (id, clerk_user_id, auth_provider, full_name, referral_code) VALUES ($1, $2, 'clerk', 'x', $2)`,
      [id, name],
    );
    await other.query(`INSERT INTO write_backs (user_id, state, reason) VALUES ($1, 'pending', 'create')`, [id]);
  }
  queue = new WriteBackQueue(dataSource);
  lease = await queue.lease(10, 60_000);
});

afterEach(async () => {
  await dataSource.destroy();
  await other.end();
  await third.end();
  await database.drop();
});

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: database.adminUrl });
  await client.connect();
  return client;
}

/**
 * Runs work in a deadlock: its statement locks the first row and waits for the second, and another session holds the second
 * and waits for the first. A third session blocks the first row until the other one waits. The work then closes the ring,
 * and always detects the deadlock.
 */
async function inDeadlock(work: () => Promise<unknown>): Promise<void> {
  const touch = (name: string) =>
    other.query('UPDATE write_backs SET due_at = now() FROM users WHERE id = user_id AND clerk_user_id = $1', [name]);
  const waiting = (count: number) =>
    eventually(async () => {
      const { rows } = await withClient(database.adminUrl, (client) =>
        client.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`),
      );
      expect(rows).toHaveLength(count);
    });
  await third.query('BEGIN');
  await third.query(
    `SELECT FROM write_backs JOIN users ON id = user_id WHERE clerk_user_id = 'first' FOR UPDATE OF write_backs`,
  );
  await other.query('BEGIN');
  await touch('second');
  const working = work();
  await waiting(1);
  const touched = touch('first');
  await waiting(2);
  await third.query('COMMIT');
  await touched;
  await other.query('COMMIT');
  await working;
  // Flush the statistics, which would otherwise count the deadlock only after ten idle seconds.
  await dataSource.query('SELECT pg_stat_force_next_flush()');
}

const rows = async () =>
  (await other.query<Record<string, unknown>>('SELECT state, claim FROM write_backs ORDER BY state')).rows;

const deadlocks = async () => {
  await other.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await other.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
};

it('records what Clerk holds despite a deadlock with a transaction that locks the rows in the opposite order', async () => {
  expect(lease.items.map(({ clerkUserId }) => clerkUserId)).toEqual(['first', 'second']);
  await inDeadlock(() =>
    queue.complete(
      lease.id,
      lease.items.map((item) => ({ item, ours: {}, seen: 'x' })),
    ),
  );
  await eventually(async () => expect(await deadlocks()).toBeGreaterThanOrEqual(1));
  expect(await rows()).toEqual([
    { state: 'done', claim: null },
    { state: 'done', claim: null },
  ]);
});

it('releases a lease despite a deadlock with a transaction that locks the rows in the opposite order', async () => {
  await inDeadlock(() => queue.release(lease));
  await eventually(async () => expect(await deadlocks()).toBeGreaterThanOrEqual(1));
  expect(await rows()).toEqual([
    { state: 'pending', claim: null },
    { state: 'pending', claim: null },
  ]);
});
