import { TcpProxy, eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { EventBatch } from '../src/apply/events/event-batch';
import { type EventRead, readEvent } from '../src/apply/events/read-event';
import { T0, type UserJson, clerkUser, deliveryOf, metadata, newClerkId, userEvent, instanceId } from './clerk-events';
import { heldEvent } from './held-event';
import { readinessOf } from './readiness';
import { SyncWorld } from './sync-world';

/** Clerk cannot be asked for the instance while the database is unavailable, so it is configured. */
const settings = { CLERK_INSTANCE_ID: instanceId };
const PATIENCE = { timeoutMs: 60_000 };

let world: SyncWorld;
let proxy: TcpProxy | undefined;

beforeAll(async () => {
  world = await SyncWorld.start();
});

afterEach(async () => {
  await world.closeApps();
  await proxy?.cut();
});

afterAll(() => world.dispose());

async function deliverAll(users: readonly UserJson[]) {
  const published = await Promise.all(users.map((user) => world.publish(userEvent('user.created', user))));
  return Promise.all(published.map((about) => world.outcomeOf(about, PATIENCE.timeoutMs)));
}

async function appliedOnce(users: readonly UserJson[]): Promise<void> {
  for (const { id } of users) expect(await world.decisionsOf(id)).toEqual(['create']);
}

const newUsers = (count: number) => Array.from({ length: count }, () => clerkUser(newClerkId()));

describe('user-sync during an outage of NATS', () => {
  it('between commit and report reports the outcome later, and applies the event once', async () => {
    await world.boot(settings);
    const { user, about, release } = await heldEvent(world);
    await world.nats.kill();
    release();
    await eventually(async () => expect(await world.decisionsOf(user.id)).toEqual(['create', 'apply']), PATIENCE);
    const row = await world.user(user.id);
    await world.nats.start();
    expect(await world.outcomeOf(about, 60_000)).toMatchObject({ status: 'success', decision: 'apply', attempt: 0 });
    expect(await world.user(user.id)).toEqual(row);
    expect(await world.decisionsOf(user.id)).toEqual(['create', 'apply']);
  });

  it('applies no event twice when NATS restarts while events arrive', async () => {
    await world.boot(settings);
    const before = newUsers(30);
    const published = await Promise.all(before.map((user) => world.publish(userEvent('user.created', user))));
    await world.nats.kill();
    await world.nats.start();
    const outcomes = await Promise.all(published.map((about) => world.outcomeOf(about, 60_000)));
    expect(outcomes.every(({ status }) => status === 'success')).toBe(true);
    await appliedOnce(before);
  });

  it('at startup is not ready until NATS is available', async () => {
    await world.nats.stop();
    const app = await world.launch();
    expect(await readinessOf(app)).toMatchObject({ status: 503, down: expect.arrayContaining(['nats']) });
    await world.nats.start();
    await eventually(async () => expect(await readinessOf(app)).toMatchObject({ status: 200, down: [] }), PATIENCE);
    const [user] = newUsers(1);
    if (user === undefined) return;
    const about = await world.publish(userEvent('user.created', user));
    expect(await world.outcomeOf(about, 60_000)).toMatchObject({ decision: 'create' });
  });
});

describe('user-sync during an outage of the database', () => {
  it('lets events wait; none fails, and all are applied when the database is back', async () => {
    proxy = await TcpProxy.start(world.database.serviceUrl);
    const app = await world.boot({ ...settings, DATABASE_URL: proxy.url });
    await proxy.cut();
    const users = newUsers(20);
    const published = await Promise.all(users.map((user) => world.publish(userEvent('user.created', user))));
    const others = new Set(published.map(({ webhookId }) => webhookId));
    await eventually(
      async () => expect(await readinessOf(app)).toMatchObject({ status: 503, down: ['database'] }),
      PATIENCE,
    );
    await proxy.reopen();
    const outcomes = await Promise.all(published.map((about) => world.outcomeOf(about, 60_000)));
    expect(outcomes.filter((outcome) => outcome.status !== 'success' || outcome.attempt !== 0)).toEqual([]);
    const reported = (await world.outcomes()).filter(({ webhookId }) => others.has(webhookId));
    expect(reported).toHaveLength(users.length);
    await appliedOnce(users);
  });

  it('applies each event once while connections break repeatedly', async () => {
    await world.boot(settings);
    const users = newUsers(60);
    const breaking = (async () => {
      for (let round = 0; round < 10; round += 1) {
        await world.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'user-sync'
             AND datname = current_database()`,
        );
      }
    })();
    const outcomes = await deliverAll(users);
    await breaking;
    expect(outcomes.every(({ status }) => status === 'success')).toBe(true);
    await appliedOnce(users);
  });

  it('repeats a transaction at once after a deadlock, without using up a retry', async () => {
    const user = clerkUser(newClerkId());
    const clients = [1, 2].map(() => new Client({ connectionString: world.database.adminUrl }));
    const [rival, third] = clients as [Client, Client];
    for (const client of clients) await client.connect();
    const waiting = (count: number) => eventually(async () => expect(await world.lockWaits()).toBe(count));
    try {
      // The session whose deadlock_timeout ends first is aborted: user-sync, which also begins to wait last.
      await rival.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''100ms''', current_database()); END $$`,
      );
      await rival.query(`SET deadlock_timeout = '60s'`);
      await world.boot(settings);
      await world.deliver(userEvent('user.created', user));
      await third.query('BEGIN');
      await third.query('LOCK TABLE applied_events');
      await rival.query('BEGIN');
      await rival.query(`UPDATE users SET bio = 'rival' WHERE clerk_user_id = $1`, [user.id]);
      const about = await world.publish(userEvent('user.updated', { ...user, updated_at: T0 + 1, first_name: 'New' }));
      // user-sync holds the lock of the user, which the rival requests next. The third session keeps it from the rival's row.
      await waiting(1);
      const locked = rival.query(`SELECT pg_advisory_xact_lock(hashtextextended('clerk-user:' || $1, 0))`, [user.id]);
      await waiting(2);
      await third.query('COMMIT');
      await locked;
      await rival.query('COMMIT');
      expect(await world.outcomeOf(about)).toMatchObject({ status: 'success', attempt: 0, decision: 'apply' });
      expect(await world.user(user.id)).toMatchObject({ bio: 'rival', first_name: 'New' });
      await eventually(async () => {
        const [row] = await world.query<{ met: boolean }>(
          'SELECT deadlocks > 0 AS met FROM pg_stat_database WHERE datname = current_database()',
        );
        return row?.met === true;
      });
    } finally {
      for (const client of clients) await client.end();
    }
  });
});

describe('the service', () => {
  it('with two replicas applies each event once and ends in the newest state', async () => {
    await world.boot(settings);
    await world.boot(settings);
    const users = newUsers(20);
    const events = users.flatMap((user) =>
      [4, 1, 3, 0, 2].map((step) =>
        userEvent('user.updated', { ...user, updated_at: T0 + step, first_name: `Step ${step}` }),
      ),
    );
    const published = await Promise.all(events.map((event) => world.publish(event)));
    const again = published.map((about, index) => {
      const event = events[index];
      if (event === undefined) throw new Error('unreachable');
      return world.publish(event, { ...about, publishNumber: 2 });
    });
    const outcomes = await Promise.all(
      [...published, ...(await Promise.all(again))].map((about) => world.outcomeOf(about, 60_000)),
    );
    expect(outcomes.every(({ status }) => status === 'success')).toBe(true);
    for (const { id } of users) {
      expect(await world.user(id)).toMatchObject({ first_name: 'Step 4', clerk_updated_at: String(T0 + 4) });
      expect(await world.decisionsOf(id)).toHaveLength(5);
    }
  });

  it('finishes the current batch when it is stopped', async () => {
    const app = await world.boot(settings);
    const { user, about, release } = await heldEvent(world);
    const closing = app.close();
    release();
    await closing;
    expect((await world.outcomes()).some(({ webhookId }) => webhookId === about.webhookId)).toBe(true);
    expect(await world.decisionsOf(user.id)).toEqual(['create', 'apply']);
  });

  it('reports an event that was redelivered too often as dead, unless it was applied', async () => {
    const app = await world.boot({ ...settings, RETRY_MAX: '3' });
    const user = clerkUser(newClerkId());
    const about = await world.publish(userEvent('user.created', user));
    await world.outcomeOf(about);
    const dead: EventRead = { kind: 'unreadable', error: undefined, deliveries: 5, metadata: metadata('user.created') };
    await app.get(EventBatch).handle([dead, { ...dead, deliveries: 4, metadata: metadata('user.created') }]);
    expect(await world.outcomeOf(dead.metadata)).toMatchObject({
      status: 'failed',
      error: { code: 'POISON_EVENT', retryable: false },
    });

    const change = readEvent(deliveryOf(userEvent('user.created', user), { ...about, publishNumber: 2 }), instanceId);
    await app.get(EventBatch).handle([{ ...change, deliveries: 5 }]);
    expect(await world.outcomeOf(change.metadata)).toMatchObject({ status: 'success', decision: 'create' });
  });
});
