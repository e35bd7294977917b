import { eventually } from '@gatehouse/testing';
import { type Stack, startStack } from './stack';
import { type UserDelivery, instanceId, userDelivery } from './user-delivery';

const DELIVERIES = 500;
const USERS = 100;
const SENDERS = 16;
const KILLS = 10;

let stack: Stack;

beforeAll(async () => {
  // The users of the load are not at Clerk.
  const env = { CLERK_WRITE_BACK: 'off', CLERK_INSTANCE_ID: instanceId, LOG_LEVEL: 'warn' };
  stack = await startStack(env);
});

afterAll(() => stack.stop());

/** Five versions of each user, in a pseudo-random order that is the same in each run. */
function webhooks(random: () => number): UserDelivery[] {
  const all = Array.from({ length: DELIVERIES }, (_, n) => userDelivery('crash', n, USERS));
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other] as UserDelivery, all[at] as UserDelivery];
  }
  return all;
}

/** Retries until 2xx, like Clerk but with shorter delays. */
async function deliver({ id, body }: UserDelivery): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { ok, status } = await stack.deliver(id, body);
      if (ok) return;
      if (status < 500) throw new Error(`HTTP ${status}`);
    } catch (error) {
      if (tries === 400) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('every delivery that got 2xx is applied exactly once while webhook-ingest and user-sync are killed at random moments', async () => {
  const random = generator(20_261_121);
  const queue = webhooks(random);
  let accepted = 0;
  let sending = true;
  const send = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await deliver(next);
      accepted += 1;
    }
  };
  const kill = async (): Promise<number> => {
    const { apps } = stack.gatehouse;
    let kills = 0;
    for (; kills < KILLS && (sending || kills < 4); kills += 1) {
      const at = accepted + 15 + Math.floor(random() * 30);
      await eventually(() => accepted >= at || !sending, { timeoutMs: 60_000, intervalMs: 1 });
      const victims = [[apps['webhook-ingest']], [apps['user-sync']], [apps['webhook-ingest'], apps['user-sync']]];
      for (const victim of victims[kills % 3] ?? []) await victim.kill();
      for (const victim of victims[kills % 3] ?? []) await victim.start();
    }
    return kills;
  };
  const senders = Promise.all(Array.from({ length: SENDERS }, send)).finally(() => (sending = false));
  const [, kills] = await Promise.all([senders, kill()]);
  expect(accepted).toBe(DELIVERIES);
  expect(kills).toBeGreaterThanOrEqual(4);

  await eventually(
    async () => {
      const { rows } = await stack.ledger.query('SELECT status, count(*)::int FROM webhook_events GROUP BY status');
      expect(rows).toEqual([{ status: 'success', count: DELIVERIES }]);
    },
    { timeoutMs: 90_000, intervalMs: 250 },
  );
  const applied = await stack.users.query(
    'SELECT count(*)::int AS rows, count(DISTINCT webhook_id)::int AS webhooks FROM applied_events',
  );
  expect(applied.rows).toEqual([{ rows: DELIVERIES, webhooks: DELIVERIES }]);
  const creations = await stack.users.query(
    `SELECT count(*)::int AS all, count(DISTINCT clerk_user_id)::int AS users FROM applied_events WHERE decision = 'create'`,
  );
  expect(creations.rows).toEqual([{ all: USERS, users: USERS }]);
  const newest = 1_790_000_000_000 + (DELIVERIES / USERS - 1) * 1_000;
  const users = await stack.users.query('SELECT last_name, count(*)::int FROM users GROUP BY last_name');
  expect(users.rows).toEqual([{ last_name: `v${newest}`, count: USERS }]);
}, 600_000);

/** Mulberry32, a small seeded random generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
