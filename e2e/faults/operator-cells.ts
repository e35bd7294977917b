import { type Erasure, type Redrive, type RedriveFilter, type ReplyOf, type redriveEvents } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { type Cell } from './cell';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

type RedrivePage = ReplyOf<typeof redriveEvents>;

const REDRIVE = '/admin/webhook-events/redrive';
/** Considers only events of this cell, because others may have left dead events. */
const REJECTED: RedriveFilter = { status: 'failed', errorCode: 'DATABASE_REFUSED' };
const OLD_MONTHS = ['202503', '202504'];
const USERS_AT_CLERK = 60;

/** Actions of operators, and services that are killed during them. */
export const operatorCells: readonly Cell[] = [
  {
    name: 'all events rejected by the database, then redriven by two admins at once while api-gateway and webhook-ingest are killed',
    key: 'redrive',
    run: async (world, load) => {
      await refuseUntilDead(world, load);
      await world.arm('webhook-ingest', 'after-redrive:kill');
      const { restarts } = world;
      const redriving = Promise.all([redriveAll(world, REJECTED), redriveAll(world, REJECTED)]);
      await eventually(() => world.restarts > restarts, { timeoutMs: 60_000 });
      await world.gatehouse.apps['api-gateway'].kill();
      await world.arm('webhook-ingest', undefined);
      await redriving;
      await expectRedrivenOnce(world, load);
    },
  },
  {
    name: 'webhook-ingest killed while it drops old months, then failed events redriven with their bodies',
    key: 'afterdrop',
    run: async (world, load) => {
      await load.send();
      await load.settled(60_000);
      const failed = await age(world, load);
      const { restarts } = world;
      await world.arm('webhook-ingest', 'after-drop:kill');
      await eventually(() => world.restarts >= restarts + 1 + OLD_MONTHS.length, { timeoutMs: 60_000 });
      await world.arm('webhook-ingest', undefined);
      const bodies = () => world.query('ingest', BODIES, [`msg_${load.name}%`]);
      await eventually(async () => (await bodies()).length <= failed);
      const lost = failed - (await bodies()).length;
      if (lost > 0) throw new Error(`the bodies of ${lost} failed events were dropped`);
      await redriveAll(world, { status: 'failed' });
    },
  },
  {
    name: "webhook-ingest killed while it erases a user's payloads, which is asked for again",
    key: 'aftererase',
    run: async (world, load) => {
      await load.send();
      await load.settled(60_000);
      await world.arm('webhook-ingest', 'after-erase:kill');
      const { restarts } = world;
      const erasing = until2xx<Erasure>(world, `/admin/webhook-events/payloads/user_${load.name}0?force=true`, {
        method: 'DELETE',
      });
      await eventually(() => world.restarts > restarts, { timeoutMs: 60_000 });
      await world.arm('webhook-ingest', undefined);
      const { streamMessages } = await erasing;
      const mine = load.deliveries.filter(({ userId }) => userId === `user_${load.name}0`);
      const bodies = await world.query<{ webhook_id: string }>('ingest', BODIES, [`msg_${load.name}%`]);
      if (bodies.length !== load.deliveries.length - mine.length) throw new Error(`${bodies.length} bodies are left`);
      // Events that the killed erasure had deleted are not counted again.
      if (streamMessages > mine.length) throw new Error(`${streamMessages} messages were erased`);
    },
  },
  {
    name: 'user-sync killed in a reconcile run, after a page was applied',
    key: 'afterpage',
    run: async (world, load) => {
      const ids = await world.makeClerkUsers(USERS_AT_CLERK, `reconciled-${load.name}`);
      await world.arm('user-sync', 'after-page:kill');
      const { restarts } = world;
      const sending = load.send();
      const { id } = await until2xx<{ id: string }>(world, '/admin/reconcile', { method: 'POST' });
      await eventually(() => world.restarts >= restarts + 2, { timeoutMs: 60_000 });
      await world.arm('user-sync', undefined);
      await sending;
      // Users of other cells are not at Clerk: the reconcile run stops before it deletes any.
      await eventually(
        async () => (await until2xx<{ state: string }>(world, `/admin/reconcile/${id}`, {})).state === 'needs_approval',
        { timeoutMs: 60_000, intervalMs: 500 },
      );
      const made = await world.query<{ n: number }>(
        'users',
        `SELECT count(*)::int AS n FROM applied_events WHERE decision = 'create' AND clerk_user_id = ANY ($1)`,
        [ids],
      );
      if (made[0]?.n !== USERS_AT_CLERK) throw new Error(`${made[0]?.n} of ${USERS_AT_CLERK} users were created`);
    },
  },
];

const BODIES = `
  SELECT webhook_id FROM event_bodies JOIN webhook_events ON id = event_id WHERE webhook_id LIKE $1`;

/** Sends while the users table rejects writes, until every event has used up its attempts; then allows writes again. */
async function refuseUntilDead(world: FaultWorld, load: Load): Promise<void> {
  const role = new URL(world.gatehouse.databases.users.serviceUrl).username;
  await world.postgres.query('users', `REVOKE INSERT, UPDATE ON users FROM "${role}"`);
  try {
    await load.send();
    await eventually(async () => (await load.deadNow()) === load.deliveries.length, {
      timeoutMs: 120_000,
      intervalMs: 250,
    });
  } finally {
    await world.postgres.query('users', `GRANT INSERT, UPDATE ON users TO "${role}"`);
  }
}

/** Redrives the selected events page by page, and repeats requests that were not answered, as an admin does. */
async function redriveAll(world: FaultWorld, filter: RedriveFilter): Promise<void> {
  for (let page: Partial<RedrivePage> = {}; page.nextCursor !== null;) {
    const goOn = {
      ...(page.nextCursor === undefined ? {} : { cursor: page.nextCursor }),
      ...(page.redriveId ? { redriveId: page.redriveId } : {}),
    };
    const body = JSON.stringify({ filter, limit: 50, ...goOn });
    page = await until2xx<RedrivePage>(world, REDRIVE, { method: 'POST', body });
  }
}

async function until2xx<Body>(world: FaultWorld, path: string, request: RequestInit): Promise<Body> {
  return eventually(
    async () => {
      const response = await world.asAdmin(path, request);
      const text = await response.text();
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${text}`);
      return JSON.parse(text) as Body;
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );
}

/** Checks that a repeated page or a second admin redrives no event twice. */
async function expectRedrivenOnce(world: FaultWorld, load: Load): Promise<void> {
  const { items } = await until2xx<{ items: Redrive[] }>(world, '/admin/webhook-events/redrives?limit=100', {});
  const redriven = items.reduce((sum, one) => sum + one.redriven, 0);
  const before = world.redriven;
  world.redriven = redriven;
  if (redriven - before !== load.deliveries.length) {
    throw new Error(`${redriven - before} redrives of ${load.deliveries.length} events`);
  }
}

/** Moves the events of a load into past months, a tenth of them as failed. Returns the number of failed ones. */
async function age(world: FaultWorld, load: Load): Promise<number> {
  const owner = `(SELECT tableowner FROM pg_tables WHERE tablename = 'event_bodies')`;
  for (const [index, month] of OLD_MONTHS.entries()) {
    const [from, to] = [month, String(Number(month) + 1)].map((m) => `${m.slice(0, 4)}-${m.slice(4)}-01Z`);
    await world.postgres.query(
      'ingest',
      `CREATE TABLE event_bodies_${month} PARTITION OF event_bodies FOR VALUES FROM ('${from}') TO ('${to}');
       DO $$ BEGIN EXECUTE format('ALTER TABLE event_bodies_${month} OWNER TO %I', ${owner}); END $$`,
    );
    const some = `SELECT id FROM webhook_events WHERE webhook_id LIKE 'msg_${load.name}%' AND id % ${OLD_MONTHS.length} = ${index}`;
    for (const [table, key] of [
      ['event_bodies', 'event_id'],
      ['webhook_events', 'id'],
    ]) {
      await world.postgres.query('ingest', `UPDATE ${table} SET created_at = '${from}' WHERE ${key} IN (${some})`);
    }
  }
  const rows = await world.postgres.query<{ id: string }>(
    'ingest',
    `UPDATE webhook_events SET status = 'failed' WHERE webhook_id LIKE 'msg_${load.name}%0' RETURNING id`,
  );
  return rows.length;
}
