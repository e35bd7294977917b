import { randomUUID } from 'node:crypto';
import {
  type ReplyOf,
  explainUser,
  listWriteBacks,
  resolvePrincipal,
  retryWriteBacks,
  setUserRole,
  setUserTier,
  startReconcile,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { fixture, hangUp, json } from './clerk-api';
import { type UserJson, T0, clerkUser, deletion, instanceId, newClerkId, userEvent } from './clerk-events';
import { type Member, memberAtClerk, newSessionId, nobody, refusal, userAtClerk } from './members';
import { SyncWorld, quickWriteBacks } from './sync-world';

const QUICK = { ...quickWriteBacks, RETRY_MAX: '2' };
const PATIENCE = { timeoutMs: 60_000, intervalMs: 20 };

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
});

beforeEach(async () => {
  await boot();
  boss = await come({ public_metadata: { role: 'admin' } });
  await settled(boss.user.id);
});

afterEach(async () => {
  world.clerk.outage = undefined;
  world.clerk.onWrite = () => undefined;
  await world.closeApps();
});

afterAll(() => world.dispose());

/** Starts another replica. */
const boot = (environment: Record<string, string> = {}) => world.boot({ ...QUICK, ...environment });

const atClerk = (changes: Record<string, unknown> = {}) => userAtClerk(world, changes);
const come = (changes: Record<string, unknown> = {}) => memberAtClerk(world, changes);

const heldByClerk = (id: string) =>
  (world.clerk.directory.users.find((user) => user.id === id) as UserJson | undefined)?.public_metadata;

const userId = async (clerkUserId: string) => String((await world.user(clerkUserId))?.id);

async function row(clerkUserId: string): Promise<Record<string, unknown> | undefined> {
  const [found] = await world.query(
    'SELECT w.* FROM write_backs w JOIN users u ON u.id = w.user_id WHERE u.clerk_user_id = $1',
    [clerkUserId],
  );
  return found;
}

const inState = (clerkUserId: string, state: string) =>
  eventually(async () => {
    const { state: found, error_message: error } = (await row(clerkUserId)) ?? {};
    expect([found, ...(state === 'done' ? [error] : [])]).toEqual([state, ...(state === 'done' ? [null] : [])]);
  }, PATIENCE);

/** Waits until the user's write-back is done. */
const settled = (clerkUserId: string) => inState(clerkUserId, 'done');

const setRole = (id: string, role: 'user' | 'developer' | 'admin') =>
  world.gateway.send(setUserRole, { userId: id, role }, boss.context);

/** Creates a user and publishes an event of equal version and other content, which needs an answer from Clerk. */
async function tie(): Promise<UserJson> {
  const user = atClerk();
  await world.deliver(userEvent('user.created', user));
  world.clerk.directory.users = world.clerk.directory.users.filter(({ id }) => id !== user.id);
  world.clerk.directory.users.push({ ...user, first_name: 'Clerk' } as UserJson);
  return { ...user, first_name: 'Tie' };
}

describe('id and role are written to Clerk', () => {
  it('when a webhook creates the user, as far as Clerk does not hold them, without changing other keys', async () => {
    const user = atClerk({ public_metadata: { role: 'developer', plan: 'gold' } });
    await world.deliver(userEvent('user.created', user));
    await settled(user.id);
    const dbId = await userId(user.id);
    // Clerk holds the role already.
    expect(world.clerk.writesOf(user.id)).toEqual([{ dbId }]);
    expect(heldByClerk(user.id)).toEqual({ plan: 'gold', dbId, role: 'developer' });
  });

  it('when a first login or a reconcile run creates the user', async () => {
    const { user } = await come();
    await settled(user.id);
    // The reconcile run may queue this user again, as bulk.
    const cameAsBulk = (await row(user.id))?.bulk;
    const found = atClerk();
    await world.gateway.send(startReconcile, {}, boss.context);
    await eventually(async () => expect(await world.user(found.id)).toBeDefined(), PATIENCE);
    await settled(found.id);
    for (const { id } of [user, found]) {
      expect(world.clerk.writesOf(id)).toEqual([{ dbId: await userId(id), role: 'user' }]);
    }
    expect([cameAsBulk, (await row(found.id))?.bulk]).toEqual([false, true]);
  });

  it('when a local user is linked', async () => {
    const user = atClerk();
    const [address] = user.email_addresses as { email_address: string }[];
    const id = randomUUID();
    await world.query(
      `INSERT INTO users (id, auth_provider, email, email_verified, full_name, role, referral_code)
       VALUES ($1, 'local', $2, true, 'Local', 'developer', $3)`,
      [id, address?.email_address, `BP-${id.slice(0, 9)}`],
    );
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'link' });
    await settled(user.id);
    expect(world.clerk.writesOf(user.id)).toEqual([{ dbId: id, role: 'developer' }]);
  });

  it('when an admin changes the role, but not when an admin changes the tier', async () => {
    const { user, principal } = await come();
    await settled(user.id);
    await world.gateway.send(setUserTier, { userId: principal.userId, tier: 'pro' }, boss.context);
    expect(await row(user.id)).toMatchObject({ state: 'done', reason: 'create' });
    await setRole(principal.userId, 'developer');
    await settled(user.id);
    expect(world.clerk.writesOf(user.id).map(({ role }) => role)).toEqual(['user', 'developer']);
    expect(heldByClerk(user.id)).toMatchObject({ role: 'developer' });
  });

  it('only when Clerk does not hold them already', async () => {
    const { user, principal } = await come();
    await settled(user.id);
    await setRole(principal.userId, 'developer');
    world.clerk.directory.merge(user.id, { role: 'developer' });
    await settled(user.id);
    expect(world.clerk.writesOf(user.id)).toHaveLength(1);
  });

  it('never because of an event with other metadata: that only checks Clerk, and the event of our own write does not', async () => {
    const { user } = await come();
    await settled(user.id);
    const before = await row(user.id);
    const echo = world.clerk.directory.users.find(({ id }) => id === user.id) as UserJson;
    expect(await world.deliver(userEvent('user.updated', echo))).toMatchObject({ decision: 'advance' });
    expect(await row(user.id)).toEqual(before);
    const foreign = { ...echo, updated_at: T0 + 10, public_metadata: { dbId: randomUUID(), role: 'admin' } };
    expect(await world.deliver(userEvent('user.updated', foreign))).toMatchObject({ decision: 'advance' });
    const renamed = { ...foreign, updated_at: T0 + 11, first_name: 'Other' };
    expect(await world.deliver(userEvent('user.updated', renamed))).toMatchObject({ decision: 'apply' });
    expect(await row(user.id)).toMatchObject({ reason: 'check' });
    await settled(user.id);
    expect(world.clerk.writesOf(user.id)).toHaveLength(1);
    expect(await world.user(user.id)).toMatchObject({ role: 'user' });
  });
});

describe('several changes of one user', () => {
  it('while Clerk is unavailable become one write of the newest values', async () => {
    const { user, principal } = await come();
    await settled(user.id);
    world.clerk.outage = hangUp;
    for (const role of ['developer', 'admin', 'developer', 'admin'] as const) await setRole(principal.userId, role);
    expect(await row(user.id)).toMatchObject({ state: 'pending', retry_count: 0 });
    world.clerk.outage = undefined;
    await settled(user.id);
    expect(world.clerk.writesOf(user.id).map(({ role }) => role)).toEqual(['user', 'admin']);
  });

  it('end in the newest values even if one arrives during the write of the previous one', async () => {
    const { user, principal } = await come();
    await settled(user.id);
    world.clerk.onWrite = async ({ id, metadata }) => {
      if (id === user.id && metadata.role === 'developer') await setRole(principal.userId, 'admin');
    };
    await setRole(principal.userId, 'developer');
    await eventually(() => expect(heldByClerk(user.id)).toMatchObject({ role: 'admin' }), PATIENCE);
    await settled(user.id);
    expect(world.clerk.writesOf(user.id).map(({ role }) => role)).toEqual(['user', 'developer', 'admin']);
  });
});

describe('while Clerk', () => {
  it('is unavailable, write-backs wait without using up retries, and are written when it is back', async () => {
    world.clerk.outage = hangUp;
    const users = Array.from({ length: 5 }, () => atClerk());
    for (const user of users) {
      expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'create' });
    }
    await eventually(async () => expect(await world.metric('gatehouse_user_sync_clerk_away')).toBe(1), PATIENCE);
    for (const { id } of users) expect(await row(id)).toMatchObject({ state: 'pending', retry_count: 0 });
    world.clerk.outage = undefined;
    for (const { id } of users) await settled(id);
    expect(world.clerk.writes.filter(({ id }) => users.some((user) => user.id === id))).toHaveLength(5);
    expect(await world.metric('gatehouse_user_sync_clerk_away')).toBe(0);
  });

  it('is unavailable, write-backs do not block events that do not need Clerk, and use up no retry', async () => {
    const tied = await tie();
    world.clerk.outage = hangUp;
    const about = await world.publish(userEvent('user.updated', tied));
    const others = Array.from({ length: 20 }, () => atClerk());
    const published = await Promise.all(others.map((user) => world.publish(userEvent('user.created', user))));
    for (const other of published) expect(await world.outcomeOf(other)).toMatchObject({ decision: 'create' });
    expect(await world.outcomeOf(about)).toMatchObject({
      status: 'failed',
      error: { code: 'CLERK_AWAY', retryable: true, sharedOutage: true },
    });
    world.clerk.outage = undefined;
    await eventually(
      async () => {
        const again = { webhookId: about.webhookId, publishNumber: Math.ceil(Math.random() * 1e9) };
        expect(await world.deliver(userEvent('user.updated', tied), again)).toMatchObject({ status: 'success' });
      },
      { ...PATIENCE, intervalMs: 500 },
    );
    expect(await world.user(tied.id)).toMatchObject({ first_name: 'Clerk' });
  });

  it('fails for one user, only that event fails, and it uses up a retry', async () => {
    const tied = await tie();
    world.clerk.answer(tied.id, hangUp);
    const outcome = await world.deliver(userEvent('user.updated', tied));
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'network', retryable: true } });
    expect(outcome).not.toMatchObject({ error: { sharedOutage: true } });
  });

  it('answers 429, write-backs pause on all replicas for its Retry-After', async () => {
    const user = atClerk();
    world.clerk.outage = json(429, fixture('bapi.error-429'), { 'Retry-After': '60' });
    await world.deliver(userEvent('user.created', user));
    await boot();
    await eventually(async () => {
      const [budget] = await world.query('SELECT refilled_at > now() AS paused FROM clerk_budget');
      expect(budget).toMatchObject({ paused: true });
    }, PATIENCE);
    world.clerk.outage = undefined;
    const asked = world.clerk.asked.length;
    const late = atClerk();
    // A first login meanwhile is rejected with the time to wait.
    const session = { clerkUserId: late.id, sessionId: newSessionId() };
    const login = world.gateway.send(resolvePrincipal, session, nobody());
    await expect(login).rejects.toMatchObject({ reason: 'clerk_unavailable', retryAfterMs: expect.any(Number) });
    const { retryAfterMs } = (await login.catch((error: unknown) => error)) as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(5_000);
    expect(retryAfterMs).toBeLessThanOrEqual(61_000);
    const tied = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', tied));
    const failed = await world.deliver(userEvent('user.updated', { ...tied, first_name: 'Tie' }));
    expect(failed).toMatchObject({ status: 'failed', error: { sharedOutage: true, retryAfterMs: expect.any(Number) } });
    expect(world.clerk.asked).toHaveLength(asked);
    // The minute has passed.
    await world.closeApps();
    await world.query('UPDATE clerk_budget SET refilled_at = now()');
    await boot();
    await settled(user.id);
    expect(world.clerk.writesOf(user.id)).toHaveLength(1);
    expect(await row(user.id)).toMatchObject({ retry_count: 0 });
    await world.gateway.send(resolvePrincipal, session, nobody());
    await settled(late.id);
  });

  it('answers 429 to changes of one user, write-backs pause for this user only', async () => {
    const user = atClerk();
    world.clerk.answerWrite(user.id, json(429, fixture('bapi.error-429'), { 'Retry-After': '1' }));
    await world.deliver(userEvent('user.created', user));
    // More often than a failing write is retried.
    await eventually(() => expect(world.clerk.writesOf(user.id).length).toBeGreaterThan(4), PATIENCE);
    const other = await come();
    await settled(other.user.id);
    expect(await row(user.id)).toMatchObject({ state: 'pending', retry_count: 0 });
    expect(await world.query('SELECT FROM clerk_budget WHERE refilled_at > now()')).toEqual([]);
    world.clerk.answerWrite(user.id);
    await settled(user.id);
  });

  it('does not know the user, the write-back is retried, and the absence is queued for confirmation', async () => {
    await world.closeApps();
    await boot({ RETRY_MAX: '100' });
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await eventually(async () => {
      expect(await world.query('SELECT source FROM suspected_absences WHERE clerk_user_id = $1', [user.id])).toEqual([
        { source: 'write_back' },
      ]);
    }, PATIENCE);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null, is_active: true });
    await eventually(async () => expect((await row(user.id))?.retry_count).toBeGreaterThan(0), PATIENCE);
    world.clerk.directory.users.push(user);
    await settled(user.id);
  });

  it('fails for a while, write-backs are retried on the schedule, and are dead after the last retry', async () => {
    const user = atClerk();
    world.clerk.answerWrite(user.id, json(500, { errors: [] }));
    await world.deliver(userEvent('user.created', user));
    await inState(user.id, 'dead');
    expect(world.clerk.writesOf(user.id)).toHaveLength(3);
  });
});

describe('a write-back that Clerk rejects', () => {
  const refused = json(422, { errors: [{ code: 'form_param_value_invalid', message: 'too large' }] });
  type Page = ReplyOf<typeof listWriteBacks>;

  const all = async (limit = 50): Promise<Page['items']> => {
    const items: Page['items'] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const next = cursor === undefined ? {} : { cursor };
      const page: Page = await world.gateway.send(listWriteBacks, { state: 'dead', limit, ...next }, boss.context);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  };

  it('is dead at once, shown by metric, list and explain, and written when an admin retries it', async () => {
    const users = Array.from({ length: 3 }, () => atClerk());
    for (const user of users) {
      world.clerk.answerWrite(user.id, refused);
      await world.deliver(userEvent('user.created', user));
    }
    for (const { id } of users) await inState(id, 'dead');
    for (const { id } of users) expect(world.clerk.writesOf(id)).toHaveLength(1);
    const items = (await all(1)).filter(({ clerkUserId }) => users.some(({ id }) => id === clerkUserId));
    expect(items).toHaveLength(3);
    const error = { code: 'CLERK_REQUEST_FAILED', message: 'Clerk answered 422 (form_param_value_invalid).' };
    expect(items[0]).toMatchObject({ state: 'dead', reason: 'create', retryCount: 1, dueAt: null, error });
    const [user] = users as [UserJson];
    const explanation = await world.gateway.send(explainUser, { id: user.id }, boss.context);
    expect(explanation.writeBack).toMatchObject({ state: 'dead', error });
    expect(await world.metric('gatehouse_user_sync_write_backs_total{result="dead"}')).toBeGreaterThanOrEqual(3);

    world.clerk.answerWrite(user.id);
    const retry = await world.gateway.send(retryWriteBacks, { userIds: [await userId(user.id)] }, boss.context);
    expect(retry).toEqual({ retried: 1 });
    await settled(user.id);
    expect(heldByClerk(user.id)).toMatchObject({ role: 'user' });
    for (const { id } of users) world.clerk.answerWrite(id);
    const rest = await world.gateway.send(retryWriteBacks, {}, boss.context);
    expect(rest.retried).toBeGreaterThanOrEqual(2);
    for (const { id } of users) await settled(id);
    expect(await world.query(`SELECT FROM audit_log WHERE action = 'write_back.retry'`)).toHaveLength(2);
  });

  it('is listed to admins only, and an invalid cursor is rejected', async () => {
    const { context } = await come();
    await expect(world.gateway.send(listWriteBacks, {}, context)).rejects.toEqual(refusal('forbidden'));
    await expect(world.gateway.send(retryWriteBacks, {}, context)).rejects.toEqual(refusal('forbidden'));
    const odd = world.gateway.send(listWriteBacks, { cursor: 'x' }, boss.context);
    await expect(odd).rejects.toEqual(refusal('invalid_request'));
  });

  it('because of a rejected secret key is not dead, but released and written when the key is accepted', async () => {
    await world.closeApps();
    world.clerk.outage = json(401, fixture('bapi.error-401'));
    await boot({ CLERK_WRITE_BACK: 'off', CLERK_INSTANCE_ID: instanceId });
    const dead = async () => (await world.query(`SELECT FROM write_backs WHERE state = 'dead'`)).length;
    const before = await dead();
    const users = Array.from({ length: 60 }, () => atClerk());
    await Promise.all(users.map((user) => world.publish(userEvent('user.created', user))));
    await eventually(async () => expect(await world.user(users.at(-1)?.id ?? '')).toBeDefined(), PATIENCE);
    for (const { id } of users) await eventually(async () => expect(await row(id)).toBeDefined(), PATIENCE);
    await world.closeApps();
    await boot();
    const refusals = () => world.metric('gatehouse_user_sync_clerk_requests_total{result="401"}');
    await eventually(async () => expect(await refusals()).toBeGreaterThan(0), PATIENCE);
    expect(await dead()).toBe(before);
    world.clerk.outage = undefined;
    await world.closeApps();
    expect(await dead()).toBe(before);
    await boot();
    for (const { id } of users) await settled(id);
  });
});

describe('a deleted user', () => {
  it('has no pending write-back', async () => {
    world.clerk.outage = hangUp;
    const user = atClerk();
    await world.deliver(userEvent('user.created', user));
    expect(await row(user.id)).toMatchObject({ state: 'pending' });
    await world.deliver(deletion(user.id));
    expect(await row(user.id)).toBeUndefined();
    world.clerk.outage = undefined;
    const later = atClerk();
    await world.deliver(userEvent('user.created', later));
    await settled(later.id);
    expect(world.clerk.writesOf(user.id)).toEqual([]);
    const explanation = await world.gateway.send(explainUser, { id: user.id }, boss.context);
    expect(explanation).toMatchObject({ state: 'deleted', writeBack: null });
  });
});

describe('replicas', () => {
  it('share the work, and write each user once', async () => {
    await world.closeApps();
    await boot({ CLERK_WRITE_BACK: 'off' });
    const users = Array.from({ length: 120 }, () => atClerk());
    const published = await Promise.all(users.map((user) => world.publish(userEvent('user.created', user))));
    await world.outcomeOf(published.at(-1) as (typeof published)[number]);
    for (const { id } of users) await eventually(async () => expect(await row(id)).toBeDefined(), PATIENCE);
    await world.closeApps();
    await Promise.all([boot(), boot()]);
    for (const { id } of users) await settled(id);
    for (const { id } of users) {
      expect(world.clerk.writesOf(id)).toEqual([{ dbId: await userId(id), role: 'user' }]);
    }
  });

  it('take over the write-backs of a crashed one when its lease has expired', async () => {
    await world.closeApps();
    await boot({ CLERK_WRITE_BACK: 'off' });
    const user = atClerk();
    await world.deliver(userEvent('user.created', user));
    await world.query(
      `UPDATE write_backs SET claim = gen_random_uuid(), claimed_until = now() + interval '1 hour' WHERE user_id = $1`,
      [await userId(user.id)],
    );
    const other = atClerk();
    await world.deliver(userEvent('user.created', other));
    await world.closeApps();
    await boot();
    await settled(other.id);
    expect(world.clerk.writesOf(user.id)).toEqual([]);
    await world.query(`UPDATE write_backs SET claimed_until = now() WHERE user_id = $1`, [await userId(user.id)]);
    await settled(user.id);
    expect(world.clerk.writesOf(user.id)).toHaveLength(1);
  });
});

describe('with write-back disabled', () => {
  it('nothing is written until it is enabled, and then the newest values', async () => {
    await world.closeApps();
    await boot({ CLERK_WRITE_BACK: 'off' });
    // The metric is set at startup and then every ten seconds.
    await eventually(
      async () => expect(await world.metric('gatehouse_user_sync_write_backs{state="pending"}')).toBe(0),
      PATIENCE,
    );
    const { user, principal } = await come();
    await setRole(principal.userId, 'developer');
    expect(world.clerk.writesOf(user.id)).toEqual([]);
    await world.closeApps();
    await boot();
    await settled(user.id);
    expect(world.clerk.writesOf(user.id)).toEqual([{ dbId: principal.userId, role: 'developer' }]);
  });
});

describe('after a reconcile run that created many users', () => {
  it('a role that an admin changes is written before the users of the run', async () => {
    await world.closeApps();
    await boot({ CLERK_WRITE_BACK: 'off' });
    const found = Array.from({ length: 150 }, () => atClerk());
    await world.gateway.send(startReconcile, {}, boss.context);
    for (const { id } of found) await eventually(async () => expect(await row(id)).toBeDefined(), PATIENCE);
    await setRole(await userId(found[140]?.id ?? ''), 'admin');
    await world.closeApps();
    const order = world.clerk.writes.length;
    await boot();
    for (const { id } of found) await settled(id);
    const place = world.clerk.writes.slice(order).findIndex(({ id }) => id === found[140]?.id);
    expect(place).toBeLessThan(50);
    expect(world.clerk.writes.slice(order)).toHaveLength(150);
  });
});
