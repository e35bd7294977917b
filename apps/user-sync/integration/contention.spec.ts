import { createDataSource, runStatements } from '@gatehouse/persistence';
import { eventually } from '@gatehouse/testing';
import { findApplied } from '../src/apply/batch/applied-events';
import { EventBatch } from '../src/apply/events/event-batch';
import { loadDrafts } from '../src/apply/draft/load-drafts';
import { readEvent } from '../src/apply/events/read-event';
import { serviceDatabase } from '../src/database/database-options';
import { findHeldAddresses } from '../src/apply/addresses/address';
import { json } from './clerk-api';
import {
  type UserJson,
  T0,
  clerkUser,
  deliveryOf,
  metadata,
  newClerkId,
  userEvent,
  withEmail,
  instanceId,
} from './clerk-events';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' });
});

afterAll(() => world.dispose());

const emailOf = (user: UserJson) => (user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';

const at = (user: UserJson, version: number): UserJson => ({ ...user, updated_at: T0 + version });

function atClerk(...users: UserJson[]): void {
  for (const user of users) world.clerk.answer(user.id, json(200, user));
}

/** Creates users here, in the given order. */
async function members(count: number): Promise<UserJson[]> {
  const users = Array.from({ length: count }, () => clerkUser(newClerkId()));
  for (const user of users) await world.deliver(userEvent('user.created', user));
  return users;
}

/** The users, each with the address of the next one. */
function turned(users: readonly UserJson[]): UserJson[] {
  return users.map((user, index) => at(withEmail(user, emailOf(users[(index + 1) % users.length] ?? user)), 1));
}

it('does not write an older answer from Clerk when the row changed while Clerk was asked', async () => {
  const [user] = (await members(1)) as [UserJson];
  const older = { ...at(user, -1), first_name: 'Older' };
  const newer = { ...at(user, 5), first_name: 'Newer' };
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  world.clerk.answer(
    user.id,
    json(200, older),
    (request, response) => void held.then(() => json(200, older)(request, response)),
    json(200, newer),
  );
  const tie = await world.publish(userEvent('user.updated', { ...user, first_name: 'Tie' }));
  await eventually(() => world.clerk.times(user.id) === 2);
  // The consumer waits for Clerk while another replica applies an event.
  const replica = await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' });
  expect(await world.deliver(userEvent('user.updated', newer))).toMatchObject({ decision: 'apply' });
  release();
  expect(await world.outcomeOf(tie)).toMatchObject({ decision: 'duplicate' });
  expect(await world.user(user.id)).toMatchObject({ first_name: 'Newer', clerk_updated_at: String(T0 + 5) });
  expect(world.clerk.times(user.id)).toBe(3);
  world.apps.splice(world.apps.indexOf(replica), 1);
  await replica.close();
});

it('keeps the address of a user that waits for Clerk, so that users of the batch who want it wait too', async () => {
  const [x, a, b] = (await members(3)) as [UserJson, UserJson, UserJson];
  const now = [
    at(withEmail(b, emailOf(a)), 1),
    at(withEmail(a, emailOf(x)), 1),
    at(withEmail(x, `new-${emailOf(x)}`), 1),
  ];
  atClerk(...now);
  const events = now.slice(0, 2).map((user) => userEvent('user.updated', user));
  const batch = world.apps[0]?.get(EventBatch);
  // A violated unique index would make the batch throw and be applied one by one.
  await batch?.handle(events.map((event) => readEvent(deliveryOf(event, metadata(event.type)), instanceId)));
  for (const user of now) expect(await world.user(user.id)).toMatchObject({ email: emailOf(user) });
});

it('retries a conflict of more users than may be locked later, without changing it', async () => {
  const users = await members(26);
  atClerk(...turned(users));
  const before = await world.query('SELECT * FROM users ORDER BY id');
  const [first] = turned(users) as [UserJson];
  expect(await world.deliver(userEvent('user.updated', first))).toMatchObject({
    status: 'failed',
    error: { kind: 'conflict', code: 'CONFLICT_TOO_WIDE', retryable: true },
  });
  expect(await world.query('SELECT * FROM users ORDER BY id')).toEqual(before);
});

it('ends in the state of Clerk when two replicas resolve conflicts over the same users concurrently', async () => {
  const replica = await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' });
  const users = await members(6);
  const now = turned(users);
  atClerk(...now);
  const events = [...now, ...[...now].reverse()].map((user) => userEvent('user.updated', user));
  const published = await Promise.all(events.map((event) => world.publish(event)));
  for (const about of published) expect(await world.outcomeOf(about, 40_000)).toMatchObject({ status: 'success' });
  for (const user of now) {
    expect(await world.user(user.id)).toMatchObject({ email: emailOf(user), clerk_updated_at: String(T0 + 1) });
  }
  world.apps.splice(world.apps.indexOf(replica), 1);
  await replica.close();
});

it('finds rows by index even with plans that were made while the tables were empty and not analyzed since', async () => {
  const dataSource = await createDataSource(
    serviceDatabase({ url: world.database.serviceUrl, poolSize: 1 }),
  ).initialize();
  try {
    const ids = Array.from({ length: 100 }, (_, n) => `user_many${n + 1}`);
    const addresses = ids.flatMap((_, n) => [
      { kind: 'email' as const, key: `many${n + 1}@example.com`, verified: true },
      { kind: 'phone' as const, key: `+1202${n + 1}`, verified: true },
    ]);
    const lookUp = () =>
      runStatements(dataSource.manager, [findApplied(ids), loadDrafts(ids), findHeldAddresses(addresses)]);
    // After five executions PostgreSQL keeps one plan for all later ones.
    for (let times = 0; times < 8; times += 1) await lookUp();
    await world.query(
      `INSERT INTO users (id, auth_provider, clerk_user_id, full_name, referral_code, email, email_verified, phone_number,
         phone_verified)
       SELECT gen_random_uuid(), 'clerk', 'user_many' || n, 'x', 'BP-many' || n, 'many' || n || '@example.com', true,
         '+1202' || n, true FROM generate_series(1, 10000) AS n`,
    );
    const [, drafts, held] = await lookUp();
    expect([...drafts.values()].filter(({ stored }) => stored.userId !== null)).toHaveLength(100);
    expect(held).toHaveLength(200);
    const plans = await Promise.all(
      [
        `"find-applied-alone"('{a,b}')`,
        `"load-drafts-alone"('{a,b}')`,
        `"find-held-addresses-alone"('{a}', '{b}')`,
      ].map((execution) => dataSource.query<unknown[]>(`EXPLAIN EXECUTE ${execution}`)),
    );
    expect(JSON.stringify(plans)).toContain('users_phone_number_idx');
    expect(JSON.stringify(plans)).not.toMatch(/Seq Scan on (users|applied_events|clerk_tombstones)/);
  } finally {
    await dataSource.destroy();
  }
});

it('leaves a new user without an unverified address that a concurrent transaction stores as verified', async () => {
  const holder = clerkUser(newClerkId());
  const other = withEmail(clerkUser(newClerkId()), emailOf(holder));
  const [address] = other.email_addresses as Record<string, unknown>[];
  Object.assign(address ?? {}, { verification: { status: 'unverified' } });
  atClerk(holder, other);
  const batch = world.apps[0]?.get(EventBatch);
  const apply = (user: UserJson) => {
    const event = userEvent('user.created', user);
    return batch?.handle([readEvent(deliveryOf(event, metadata(event.type)), instanceId)]);
  };
  const waiting = async () => {
    const [row] = await world.query(
      `SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE NOT granted AND d.datname = current_database()`,
    );
    return Number(row?.count);
  };
  // Both transactions have looked up the holder of the address, or wait for its lock, before either commits.
  await world.query('BEGIN');
  await world.query('LOCK TABLE write_backs IN EXCLUSIVE MODE');
  const first = apply(holder);
  await eventually(async () => (await waiting()) === 1);
  const second = apply(other);
  await eventually(async () => (await waiting()) === 2);
  await world.query('COMMIT');
  await Promise.all([first, second]);
  expect(await world.user(holder.id)).toMatchObject({ email: emailOf(holder), email_verified: true });
  expect(await world.user(other.id)).toMatchObject({ email: null, email_verified: false });
});
