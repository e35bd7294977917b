import { natsIdentities, natsPasswordVariable } from '@gatehouse/contracts';
import { withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { type Stack, startStack } from './stack';
import { ChangingNats } from './upgrade/changing-nats';
import { type UserDelivery, instanceId, userDelivery } from './user-delivery';

/** Events of each group. */
const COUNT = 5;
const LIMIT = { timeoutMs: 60_000, intervalMs: 50 };

let nats: ChangingNats;
let stack: Stack;

beforeAll(async () => {
  nats = await ChangingNats.create();
  await nats.start('each');
  stack = await startStack({
    NATS_URL: nats.url,
    ...Object.fromEntries(natsIdentities.map((identity) => [natsPasswordVariable(identity), identity])),
    CLERK_INSTANCE_ID: instanceId,
    // The users are not at Clerk.
    CLERK_WRITE_BACK: 'off',
    LOG_LEVEL: 'warn',
    ACK_WAIT_MS: '2000',
    RELAY_GRACE_MS: '500',
    REBUILD_POLL_MS: '250',
  });
  // The services run. Now the server gets the earlier layout and an empty store; stream-keeper creates the streams there,
  // as the services of the earlier release did.
  await nats.stop();
  nats.loseStore();
  await nats.start('one');
});

afterAll(async () => {
  await stack?.stop();
  await nats.dispose();
});

const ids = (events: readonly UserDelivery[]) => events.map(({ id }) => id);

/** Delivers one event for each of five new users. */
async function deliver(group: string): Promise<UserDelivery[]> {
  const events = Array.from({ length: COUNT }, (_, n) => userDelivery(group, n, COUNT));
  const answers = await Promise.all(events.map(({ id, body }) => stack.deliver(id, body)));
  expect(answers.map(({ status }) => status)).toEqual(events.map(() => 200));
  return events;
}

interface LedgerRow {
  readonly status: string;
  readonly stream_created_at: Date | null;
}

async function ledger(events: readonly UserDelivery[]): Promise<LedgerRow[]> {
  const text = 'SELECT status, stream_created_at FROM webhook_events WHERE webhook_id = ANY ($1) ORDER BY id';
  return (await stack.ledger.query<LedgerRow>(text, [ids(events)])).rows;
}

async function become(events: readonly UserDelivery[], status: string, published = true): Promise<void> {
  await eventually(async () => {
    const rows = await ledger(events);
    expect(rows.map((row) => [row.status, row.stream_created_at !== null])).toEqual(
      events.map(() => [status, published]),
    );
  }, LIMIT);
}

/** What user-sync has written about the events. */
async function applied(events: readonly UserDelivery[]): Promise<unknown[]> {
  const steps = await stack.users.query(
    'SELECT * FROM applied_events WHERE webhook_id = ANY ($1) ORDER BY webhook_id',
    [ids(events)],
  );
  const users = await stack.users.query('SELECT * FROM users WHERE clerk_user_id = ANY ($1) ORDER BY clerk_user_id', [
    events.map(({ userId }) => userId),
  ]);
  return [...steps.rows, ...users.rows];
}

const becomeApplied = (events: readonly UserDelivery[]) =>
  eventually(async () => expect(await applied(events)).toHaveLength(2 * COUNT), LIMIT);

/** Locks the rows, so that the ingest cannot store their outcomes, while `work` runs. */
function withoutOutcomes<Result>(events: readonly UserDelivery[], work: () => Promise<Result>): Promise<Result> {
  return withClient(stack.gatehouse.databases.ingest.ownerUrl, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT FROM webhook_events WHERE webhook_id = ANY ($1) FOR UPDATE', [ids(events)]);
    return work();
  });
}

it('every event is applied once when nats-server gets an account for each service, and when it goes back', async () => {
  const { 'webhook-ingest': ingest, 'user-sync': sync } = stack.gatehouse.apps;
  const finished = await deliver('finished');
  await become(finished, 'success');

  await sync.kill();
  const unreported = await deliver('unreported');
  await become(unreported, 'processing');
  const [unpulled, unpublished] = await withoutOutcomes(unreported, async () => {
    await sync.start();
    await becomeApplied(unreported);
    await sync.kill();
    const waiting = await deliver('unpulled');
    await become(waiting, 'processing');
    await nats.stop();
    const late = await deliver('unpublished');
    // Killed while the rows are locked, so it cannot store the outcomes that it has already pulled.
    await ingest.kill();
    return [waiting, late];
  });
  await become([...unreported, ...unpulled], 'processing');
  await become(unpublished, 'pending', false);
  const before = await applied([...finished, ...unreported]);
  const [earlier] = await ledger(unpulled);
  const onDisk = nats.bytesOf('CLERK_EVENTS', 'one');
  expect(onDisk).toBeGreaterThan(0);

  // The upgrade.
  await nats.start('each');
  await ingest.start();
  await sync.start();
  const open = [...unreported, ...unpulled, ...unpublished];
  await become(open, 'success');
  for (const row of await ledger(open)) {
    expect(row.stream_created_at?.getTime()).toBeGreaterThan(earlier?.stream_created_at?.getTime() ?? Infinity);
  }
  expect(await applied([...finished, ...unreported])).toEqual(before);
  expect(await applied([...unpulled, ...unpublished])).toHaveLength(4 * COUNT);
  expect(nats.bytesOf('CLERK_EVENTS', 'each')).toBeGreaterThan(0);
  expect(nats.bytesOf('CLERK_EVENTS', 'one')).toBe(onDisk);

  // Going back.
  await sync.kill();
  const afterwards = await deliver('afterwards');
  await become(afterwards, 'processing');
  const upgraded = await applied([...finished, ...open]);
  await nats.stop();
  await nats.start('one');
  await sync.start();
  await become(afterwards, 'success');
  await becomeApplied(afterwards);
  await become(await deliver('last'), 'success');
  await become([...finished, ...open], 'success');
  expect(await applied([...finished, ...open])).toEqual(upgraded);
}, 600_000);
