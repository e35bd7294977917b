import { listDataAudit } from '@gatehouse/contracts';
import { answerOnce, createDataSource } from '@gatehouse/persistence';
import { type OwnPgBouncer, startOwnPgBouncer } from '@gatehouse/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { serviceDatabase } from '../src/database/database-options';
import { OwnerTransactions } from '../src/database/owner-transactions';
import { OwnerRequests } from '../src/requests/owner-requests';
import { DataWorld, caller, ownerOf } from './data-world';

const SERVER_CONNECTIONS = 2;
const USERS = 8;
const ROUNDS = 25;

let bouncer: OwnPgBouncer;
let world: DataWorld;
let owners: OwnerTransactions;

beforeAll(async () => {
  world = await DataWorld.start(async ({ serviceUrl, workerUrl = '' }) => {
    bouncer = await startOwnPgBouncer({ urls: [serviceUrl, workerUrl], serverConnections: SERVER_CONNECTIONS });
    return { DATABASE_URL: bouncer.urlThrough(serviceUrl), WORKER_DATABASE_URL: bouncer.urlThrough(workerUrl) };
  });
  owners = world.app.get(OwnerTransactions);
});

afterAll(() => world?.stop(() => bouncer.dispose()));

const users = Array.from({ length: USERS }, () => randomUUID());

/** Records an upload of a user without a condition on the owner in the statement that reads it back. */
async function record(userId: string, n: number): Promise<void> {
  const rows = await owners.run(userId, async (transaction) => {
    await transaction.query(`INSERT INTO uploads (user_id, id, name, created_at) VALUES ($1, $2, $3, now())`, [
      userId,
      randomUUID(),
      `${userId} ${n}`,
    ]);
    return transaction.query<{ user_id: string }>('SELECT user_id FROM uploads');
  });
  expect([...new Set(rows.map(({ user_id }) => user_id))]).toEqual([userId]);
}

describe('user-data behind PgBouncer in transaction mode', () => {
  it('answers each request once for its idempotency key, also if it is sent many times at once', async () => {
    const [userId = ''] = users;
    const idempotency = { key: randomUUID(), path: 'POST /api/uploads' };
    const uploadOnce = () =>
      owners.run(userId, (transaction) =>
        answerOnce(transaction, { userId, request: { idempotency } }, async () => {
          const id = randomUUID();
          await transaction.query(
            `INSERT INTO uploads (user_id, id, name, created_at) VALUES ($1, $2, 'once', now() - interval '1 day')`,
            [userId, id],
          );
          return { id };
        }),
      );
    const results = await Promise.allSettled(Array.from({ length: 4 * SERVER_CONNECTIONS }, uploadOnce));
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'idempotency_in_progress' });
    }
    const { replayed, id } = await uploadOnce();
    expect(replayed).toBe(true);
    const uploads = await owners.query<{ id: string }>(userId, `SELECT id FROM uploads WHERE name = 'once'`);
    expect(uploads).toEqual([{ id }]);
    await owners.run(userId, (transaction) => transaction.query(`DELETE FROM uploads WHERE name = 'once'`));
  });

  it('shows each of many users at once only rows of its own, on few connections to PostgreSQL', async () => {
    await Promise.all(
      users.map(async (userId) => {
        for (let n = 0; n < ROUNDS; n += 1) {
          await record(userId, n);
          const rows = await owners.query<{ name: string }>(userId, 'SELECT name FROM uploads');
          expect(rows.filter(({ name }) => !name.startsWith(userId))).toEqual([]);
          expect(rows).toHaveLength(n + 1);
        }
      }),
    );
    const connections = await world.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND usename <> current_user GROUP BY usename`,
    );
    expect(Math.max(...connections.map(({ n }) => n))).toBe(SERVER_CONNECTIONS);
    expect(await world.query('SELECT FROM uploads')).toHaveLength(USERS * ROUNDS);
  });

  it('leaves no user and no time limit on the connections that it shares', async () => {
    const source = world.app.get(DataSource);
    const left = await Promise.all(
      Array.from({ length: USERS }, () =>
        source.query(
          `SELECT coalesce(current_setting('gatehouse.user_id', true), '') AS user, current_setting('statement_timeout') AS limit`,
        ),
      ),
    );
    expect(left.flat()).toEqual(Array.from({ length: USERS }, () => ({ user: '', limit: '0' })));
    expect(await source.query('SELECT FROM uploads')).toEqual([]);
  });

  it('cancels a statement at the time limit of its transaction, and goes on working', async () => {
    const [userId] = users as [string];
    expect(await owners.query(userId, `SELECT current_setting('statement_timeout') AS limit`)).toEqual([
      { limit: '5s' },
    ]);
    const slow = owners.run(userId, async (transaction) => {
      await transaction.query(`SELECT set_config('statement_timeout', '100', true)`);
      await transaction.query('SELECT pg_sleep(60)');
    });
    await expect(slow).rejects.toMatchObject({ reason: 'unavailable' });
    expect(await owners.query(userId, `SELECT current_setting('statement_timeout') AS limit`)).toEqual([
      { limit: '5s' },
    ]);
  });

  it('reads what crosses users with the login of the worker', async () => {
    const [owner, admin] = [caller(), caller({ role: 'admin' })];
    const envelope = { sub: '', bh: '', rid: 'request-1', iat: 0, exp: 0, principal: admin };
    const asked = { envelope, body: { owner: ownerOf(owner) } };
    await world.app.get(OwnerRequests).run(asked, { action: 'data.read' }, async () => undefined);
    const { items } = await world.send(listDataAudit, { userId: owner.userId }, admin);
    expect(items).toMatchObject([{ action: 'data.read', actorUserId: admin.userId }]);
  });

  it('rejects time limits in the parameters of a connection, as user-sync has them', async () => {
    const url = bouncer.urlThrough(world.database.serviceUrl);
    const direct = createDataSource({ ...serviceDatabase({ url, poolSize: 1 }), transactionPooled: false });
    await expect(direct.initialize()).rejects.toThrow('unsupported startup parameter: statement_timeout');
  });
});
