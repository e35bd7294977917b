import { createDataSource } from '@gatehouse/persistence';
import { type TestDatabase } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { type DataSource } from 'typeorm';
import { ClerkBudget } from '../src/clerk/clerk-budget';
import { type Priority } from '../src/clerk/priority';
import { serviceDatabase } from '../src/database/database-options';
import { usersDatabase } from './sync-world';

/** 100 requests in 10 s, of which 90 are used, and 18 at once. */
const LIMIT = { clerk: { requestsPer10s: 100 } };
const PATIENCE_MS = 60_000;

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await usersDatabase();
  dataSource = await createDataSource(serviceDatabase({ url: database.serviceUrl, poolSize: 4 })).initialize();
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

const replica = () => new ClerkBudget(LIMIT, dataSource, new Registry());

/** Sets the tokens of the bucket, without a refill for an hour. */
async function holding(tokens: number): Promise<void> {
  await dataSource.query('DELETE FROM clerk_budget');
  await dataSource.query(
    `INSERT INTO clerk_budget (id, tokens, refilled_at) VALUES (1, $1, now() + interval '1 hour')`,
    [tokens],
  );
}

/** How many of these requests get a token. */
async function granted(budget: ClerkBudget, priority: Priority, wanted: number): Promise<number> {
  const turns = await Promise.allSettled(Array.from({ length: wanted }, () => budget.take(priority, PATIENCE_MS)));
  for (const turn of turns) {
    if (turn.status === 'rejected') expect(turn.reason).toMatchObject({ code: 'CLERK_AWAY' });
  }
  return turns.filter(({ status }) => status === 'fulfilled').length;
}

describe('the budget of requests to Clerk', () => {
  it('is shared by all replicas', async () => {
    await holding(18);
    const replicas = [replica(), replica(), replica()];
    const grants = await Promise.all(replicas.map((budget) => granted(budget, 'first_login', 10)));
    expect(grants.reduce((sum, each) => sum + each, 0)).toBe(18);
  });

  it('leaves more tokens for urgent requests, the less urgent a request is', async () => {
    await holding(18);
    const budget = replica();
    const used: number[] = [];
    for (const priority of ['reconcile', 'write_back', 'conflict', 'first_login'] as const) {
      used.push(await granted(budget, priority, 100));
    }
    expect(used).toEqual([9, 3, 4, 2]);
  });

  it('serves the most urgent waiting request first', async () => {
    await holding(3);
    const budget = replica();
    const [reconcile, login] = await Promise.all([granted(budget, 'reconcile', 50), granted(budget, 'first_login', 3)]);
    expect([reconcile, login]).toEqual([0, 3]);
  });

  it('is refilled over time, and requests wait for the refill', async () => {
    await holding(0);
    await dataSource.query('UPDATE clerk_budget SET refilled_at = now()');
    expect(await granted(replica(), 'first_login', 3)).toBe(3);
  });

  it('is paused for every replica, which returns the wait, and starts empty after the pause', async () => {
    await holding(18);
    await replica().pause(120_000);
    const refusal = await replica()
      .take('first_login', PATIENCE_MS)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CLERK_AWAY', answer: { retryAfterMs: expect.any(Number) } });
    const [row] = await dataSource.query<{ tokens: number }[]>('SELECT tokens FROM clerk_budget');
    expect(row).toEqual({ tokens: 0 });
  });

  it('keeps a longer pause when a shorter one follows', async () => {
    await holding(18);
    const until = async () =>
      (await dataSource.query<{ at: string }[]>('SELECT refilled_at::text AS at FROM clerk_budget'))[0];
    await replica().pause(3_600_000);
    const before = await until();
    await replica().pause(1_000);
    expect(await until()).toEqual(before);
  });

  it('is full when its row is missing', async () => {
    await dataSource.query('DELETE FROM clerk_budget');
    const budget = replica();
    expect(await granted(budget, 'first_login', 18)).toBe(18);
  });

  it('rejects every request while the database is unavailable', async () => {
    const closed = await createDataSource(serviceDatabase({ url: database.serviceUrl, poolSize: 1 })).initialize();
    await closed.destroy();
    const budget = new ClerkBudget(LIMIT, closed, new Registry());
    await expect(budget.take('first_login', PATIENCE_MS)).rejects.toThrow();
    await expect(budget.take('first_login', PATIENCE_MS)).rejects.toThrow();
  });
});
