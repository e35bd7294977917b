import { randomUUID } from 'node:crypto';
import {
  type MetadataCollision,
  type MetadataDecision,
  decideMetadataCollision,
  decideMetadataCollisions,
  explainUser,
  listMetadataCollisions,
  setUserRole,
  startReconcile,
  syncClerkUser,
  syncUser,
  undoReconcile,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { WriteBackQueue } from '../src/write-back/queue/write-back-queue';
import { fixture, hangUp, json } from './clerk-api';
import { type UserJson, T0, deletion, userEvent } from './clerk-events';
import { type Member, memberAtClerk, newSessionId, nobody, refusal, userAtClerk } from './members';
import { SyncWorld, quickWriteBacks } from './sync-world';

const QUICK = { ...quickWriteBacks, RECONCILE_INTERVAL_MS: '0' };
const PATIENCE = { timeoutMs: 60_000, intervalMs: 20 };

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot(QUICK);
  boss = await come({ public_metadata: { role: 'admin' } });
  await checked(boss.user.id);
  // Only the first admin gets its role from Clerk. From here on the service runs with its defaults.
  await restart();
});

afterEach(() => {
  world.clerk.outage = undefined;
  world.clerk.onWrite = () => undefined;
});
afterAll(() => world.dispose());

async function restart(environment: Record<string, string> = {}): Promise<void> {
  await world.closeApps();
  await world.boot({ ...QUICK, CLERK_SEED_ROLES: '', ...environment });
}

const atClerk = (metadata: Record<string, unknown>) => userAtClerk(world, { public_metadata: metadata });
const come = (changes: { public_metadata?: Record<string, unknown> }) => memberAtClerk(world, changes);

const current = (id: string) => world.clerk.directory.users.find((user) => user.id === id) as UserJson | undefined;
const heldByClerk = (id: string) => current(id)?.public_metadata as Record<string, unknown>;
const userId = async (clerkUserId: string) => String((await world.user(clerkUserId))?.id);

/** Sets metadata at Clerk, as the company does, and publishes the event. */
async function companySets(id: string, metadata: Record<string, unknown>): Promise<void> {
  const user = current(id) as UserJson & { updated_at: number };
  const changed = { ...user, public_metadata: metadata, updated_at: user.updated_at + 5 };
  world.clerk.directory.users = world.clerk.directory.users.map((one) => (one.id === id ? changed : one));
  await world.deliver(userEvent('user.updated', changed));
}

/** Waits until the user's write-back is done. */
async function checked(clerkUserId: string): Promise<void> {
  await eventually(async () => {
    const rows = await world.query(
      'SELECT w.state FROM write_backs w JOIN users u ON u.id = w.user_id WHERE u.clerk_user_id = $1',
      [clerkUserId],
    );
    expect(rows).toEqual([{ state: 'done' }]);
  }, PATIENCE);
  // A user is checked at most once in two seconds; skip that time.
  await world.query(
    `UPDATE write_backs w SET written_at = now() - interval '1 minute' FROM users u
      WHERE u.id = w.user_id AND u.clerk_user_id = $1`,
    [clerkUserId],
  );
}

async function collisionsOf(clerkUserId: string, state: MetadataCollision['state'] = 'open') {
  const found: MetadataCollision[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const request = { state: state as 'open', limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await world.gateway.send(listMetadataCollisions, request, boss.context);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found.filter((one) => one.clerkUserId === clerkUserId);
}

const shortOf = (collisions: readonly MetadataCollision[]) =>
  collisions
    .map(({ key, clerkValue, ourValue }) => ({ key, clerkValue, ourValue }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

const decide = (id: string, decision: MetadataDecision) =>
  world.gateway.send(decideMetadataCollision, { id, decision }, boss.context);

/** Starts a reconcile run when no other one is running. */
const reconcile = () => eventually(() => world.gateway.send(startReconcile, {}, boss.context), PATIENCE);

const setRole = (id: string, role: 'user' | 'developer' | 'admin') =>
  world.gateway.send(setUserRole, { userId: id, role }, boss.context);

const metadataOf = async (id: string) => (await world.gateway.send(explainUser, { id }, boss.context)).metadata;

describe('metadata of users that were at Clerk before Gatehouse', () => {
  it('is never overwritten by a backfill, makes no admin, and is listed as a collision where it is foreign', async () => {
    const before = [
      { role: 'moderator' },
      { role: ['editor', 'author'] },
      { role: 'Admin' },
      { dbId: 4711 },
      { role: 'admin' },
      { role: { name: 'owner', since: 2019 }, dbId: '4711', plan: 'gold' },
      { role: 'x'.repeat(7_000) },
      { role: false, dbId: [] },
    ].map((metadata) => ({ metadata, user: atClerk(metadata) }));
    const free = atClerk({ plan: 'gold' });
    await reconcile();
    for (const { user } of [...before, { user: free }]) {
      await eventually(async () => expect(await world.user(user.id)).toBeDefined(), PATIENCE);
      await checked(user.id);
    }
    for (const { metadata, user } of before) {
      const held = heldByClerk(user.id);
      expect(held).toMatchObject(metadata);
      const id = await userId(user.id);
      const foreign = Object.entries(metadata).filter(([key]) => key === 'role' || key === 'dbId');
      const expected = foreign.map(([key, value]) => ({
        key,
        clerkValue:
          String(JSON.stringify(value)).length > 256 ? expect.stringMatching(/^"x{252}…$/) : JSON.stringify(value),
        ourValue: key === 'dbId' ? id : 'user',
      }));
      expect(shortOf(await collisionsOf(user.id))).toEqual(expected.sort((a, b) => (a.key < b.key ? -1 : 1)));
      // Gatehouse only writes keys that the company does not use.
      if (!('dbId' in metadata)) expect(held.dbId).toBe(id);
      if (!('role' in metadata)) expect(held.role).toBe('user');
      expect(await world.user(user.id)).toMatchObject({ role: 'user' });
    }
    expect(heldByClerk(free.id)).toEqual({ plan: 'gold', dbId: await userId(free.id), role: 'user' });
    await restart();
    await eventually(async () => {
      expect(await world.metric('gatehouse_user_sync_open_metadata_collisions{key="role"}')).toBeGreaterThanOrEqual(6);
      expect(await world.metric('gatehouse_user_sync_open_metadata_collisions{key="dbId"}')).toBeGreaterThanOrEqual(3);
    }, PATIENCE);
  });
});

describe('a value that the company sets later', () => {
  it('over ours is a collision, and nothing is written even if an admin sets a role here', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    await companySets(user.id, { ...heldByClerk(user.id), role: 'editor' });
    await checked(user.id);
    expect(shortOf(await collisionsOf(user.id))).toEqual([{ key: 'role', clerkValue: '"editor"', ourValue: 'user' }]);
    await setRole(principal.userId, 'developer');
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ dbId: principal.userId, role: 'editor' });
    expect(world.clerk.writesOf(user.id)).toHaveLength(1);
    expect(await metadataOf(user.id)).toEqual([
      { key: 'dbId', ourValue: principal.userId, clerkValue: JSON.stringify(principal.userId), state: 'ours' },
      { key: 'role', ourValue: 'developer', clerkValue: '"editor"', state: 'collision' },
    ]);
  });

  it('during a write of another key is a collision once its event arrives', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    world.clerk.onWrite = ({ id }) => {
      if (id !== user.id) return;
      const changed = { ...current(id), public_metadata: { ...heldByClerk(id), dbId: 4711 } } as UserJson;
      world.clerk.directory.users = world.clerk.directory.users.map((one) => (one.id === id ? changed : one));
    };
    await setRole(principal.userId, 'developer');
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ dbId: 4711, role: 'developer' });
    await world.deliver(userEvent('user.updated', current(user.id) as UserJson));
    await eventually(async () => expect(await collisionsOf(user.id)).toMatchObject([{ key: 'dbId' }]), PATIENCE);
  });

  it('ends its collision when it becomes ours or is removed, and ours is written', async () => {
    const { user, principal } = await come({ public_metadata: { role: 'editor' } });
    await checked(user.id);
    expect(await collisionsOf(user.id)).toHaveLength(1);
    await companySets(user.id, { dbId: principal.userId });
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ dbId: principal.userId, role: 'user' });
    expect([await collisionsOf(user.id), (await collisionsOf(user.id, 'gone')).length]).toEqual([[], 1]);

    const equal = await come({ public_metadata: { role: 'editor' } });
    await checked(equal.user.id);
    await companySets(equal.user.id, { ...heldByClerk(equal.user.id), role: 'user' });
    await checked(equal.user.id);
    expect(await collisionsOf(equal.user.id)).toEqual([]);
    await setRole(equal.principal.userId, 'developer');
    await checked(equal.user.id);
    expect(heldByClerk(equal.user.id)).toMatchObject({ role: 'developer' });
  });

  it('instead of another foreign value is a new collision without a decision', async () => {
    const { user } = await come({ public_metadata: { role: 'editor' } });
    await checked(user.id);
    const [first] = await collisionsOf(user.id);
    expect(await decide(first?.id ?? '', 'leave')).toMatchObject({ state: 'left' });
    await companySets(user.id, { ...heldByClerk(user.id), role: 'author' });
    await checked(user.id);
    const [second] = await collisionsOf(user.id);
    expect(second).toMatchObject({ clerkValue: '"author"', state: 'open' });
    await expect(decide(first?.id ?? '', 'take')).rejects.toEqual(refusal('conflict'));
    expect(heldByClerk(user.id)).toMatchObject({ role: 'author' });
  });

  it('is found by the next reconcile run when its event was lost', async () => {
    const { user } = await come({});
    await checked(user.id);
    const changed = { ...current(user.id), updated_at: T0 + 500, public_metadata: { role: 'owner' } } as UserJson;
    world.clerk.directory.users = world.clerk.directory.users.map((one) => (one.id === user.id ? changed : one));
    await reconcile();
    await eventually(async () => expect(await collisionsOf(user.id)).toHaveLength(1), PATIENCE);
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ role: 'owner', dbId: await userId(user.id) });
  });
});

describe('an admin', () => {
  it('takes a collision, and the value is overwritten', async () => {
    const { user, principal } = await come({ public_metadata: { role: ['editor'], plan: 'gold' } });
    await checked(user.id);
    const [collision] = await collisionsOf(user.id);
    expect(await decide(collision?.id ?? '', 'take')).toMatchObject({ state: 'taking', ourValue: 'user' });
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ dbId: principal.userId, role: 'user', plan: 'gold' });
    expect(await collisionsOf(user.id, 'taken')).toHaveLength(1);
    const audit = await world.query(
      `SELECT action, user_id, details FROM audit_log WHERE action LIKE 'metadata_collision.%' AND user_id = $1`,
      [principal.userId],
    );
    expect(audit).toEqual([
      {
        action: 'metadata_collision.take',
        user_id: principal.userId,
        details: { collision: collision?.id, key: 'role' },
      },
    ]);
  });

  it('does not take a value that has changed since, which is a new collision', async () => {
    const { user } = await come({ public_metadata: { role: 'editor' } });
    await checked(user.id);
    const [collision] = await collisionsOf(user.id);
    world.clerk.outage = hangUp;
    await decide(collision?.id ?? '', 'take');
    const changed = { ...current(user.id), public_metadata: { role: 'owner' } } as UserJson;
    world.clerk.directory.users = world.clerk.directory.users.map((one) => (one.id === user.id ? changed : one));
    world.clerk.outage = undefined;
    await checked(user.id);
    expect(heldByClerk(user.id)).toMatchObject({ role: 'owner' });
    expect(shortOf(await collisionsOf(user.id))).toEqual([{ key: 'role', clerkValue: '"owner"', ourValue: 'user' }]);
  });

  it('leaves a collision, and the value stays', async () => {
    const { user, principal } = await come({ public_metadata: { role: 'editor' } });
    await checked(user.id);
    const [collision] = await collisionsOf(user.id);
    await decide(collision?.id ?? '', 'leave');
    await setRole(principal.userId, 'developer');
    await companySets(user.id, { ...heldByClerk(user.id), plan: 'gold' });
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ dbId: principal.userId, role: 'editor', plan: 'gold' });
    expect([await collisionsOf(user.id), await collisionsOf(user.id, 'left')]).toMatchObject([[], [{ key: 'role' }]]);
    // An admin can change the decision.
    await decide(collision?.id ?? '', 'take');
    await checked(user.id);
    expect(heldByClerk(user.id)).toMatchObject({ role: 'developer' });
  });

  it('decides many collisions by key and value, first as a dry run', async () => {
    const role = { team: `t-${randomUUID()}`, level: 3 };
    const [same, other] = [
      await Promise.all([1, 2, 3].map(() => come({ public_metadata: { role } }))),
      await come({ public_metadata: { role: { ...role, level: 4 } } }),
    ];
    for (const { user } of [...same, other]) await checked(user.id);
    const filter = { key: 'role', value: { level: 3, team: role.team } };
    const bulk = (decision: MetadataDecision, dryRun: boolean) =>
      world.gateway.send(decideMetadataCollisions, { filter, decision, dryRun }, boss.context);
    expect(await bulk('take', true)).toEqual({ matched: 3, decided: 0, remaining: 3, dryRun: true });
    for (const { user } of same) expect(heldByClerk(user.id)).toMatchObject({ role });
    expect(await bulk('take', false)).toEqual({ matched: 3, decided: 3, remaining: 0, dryRun: false });
    for (const { user } of same) {
      await checked(user.id);
      expect(heldByClerk(user.id)).toMatchObject({ role: 'user' });
    }
    expect(heldByClerk(other.user.id)).toMatchObject({ role: { level: 4 } });
    const [rest] = await collisionsOf(other.user.id);
    const ids = { ids: [rest?.id ?? ''], decision: 'leave' as const };
    expect(await world.gateway.send(decideMetadataCollisions, ids, boss.context)).toMatchObject({ decided: 1 });
    expect(await collisionsOf(other.user.id, 'left')).toHaveLength(1);
  });

  it('can list and decide collisions, unlike others, and gets not_found for an unknown id', async () => {
    const { context } = await come({});
    await expect(world.gateway.send(listMetadataCollisions, {}, context)).rejects.toEqual(refusal('forbidden'));
    const one = { id: '1', decision: 'take' } as const;
    await expect(world.gateway.send(decideMetadataCollision, one, context)).rejects.toEqual(refusal('forbidden'));
    const many = { ids: ['1'], decision: 'take' as const };
    await expect(world.gateway.send(decideMetadataCollisions, many, context)).rejects.toEqual(refusal('forbidden'));
    await expect(decide('999999999', 'take')).rejects.toEqual(refusal('not_found'));
    const odd = world.gateway.send(listMetadataCollisions, { cursor: 'x' }, boss.context);
    await expect(odd).rejects.toEqual(refusal('invalid_request'));
  });

  it('sees our values beside those of Clerk after syncing a user', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    const demoted = { ...current(user.id), public_metadata: { dbId: principal.userId, role: 'guest' } } as UserJson;
    world.clerk.directory.users = world.clerk.directory.users.map((one) => (one.id === user.id ? demoted : one));
    const sync = () => world.gateway.send(syncUser, { id: principal.userId }, boss.context);
    const { metadata, result } = await sync();
    expect(result).toBe('unchanged');
    expect(await sync()).toMatchObject({ result, reason: 'the stored content equals what Clerk holds', metadata });
    expect(metadata?.find(({ key }) => key === 'role')).toEqual({
      ...{ key: 'role', ourValue: 'user', clerkValue: '"guest"', state: 'collision' },
    });
    // The sync queues a check, and explain shows the same afterwards.
    await eventually(async () => expect(await collisionsOf(user.id)).toHaveLength(1), PATIENCE);
    expect((await metadataOf(user.id))?.[1]).toMatchObject({
      ourValue: 'user',
      clerkValue: '"guest"',
      state: 'collision',
    });
  });
});

describe('a value of ours', () => {
  it('that was sent before a crash is still ours, even if the answer was not recorded', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    await restart({ CLERK_WRITE_BACK: 'off' });
    await setRole(principal.userId, 'developer');
    // The process crashes after the request to Clerk and before it records the answer.
    const complete = jest.spyOn(WriteBackQueue.prototype, 'complete').mockRejectedValue(new Error('killed'));
    await restart();
    await eventually(() => expect(heldByClerk(user.id)).toMatchObject({ role: 'developer' }), PATIENCE);
    await world.closeApps();
    complete.mockRestore();
    await restart({ CLERK_WRITE_BACK: 'off' });
    await setRole(principal.userId, 'admin');
    await world.query('UPDATE write_backs SET claimed_until = now(), due_at = now() WHERE user_id = $1', [
      principal.userId,
    ]);
    await restart();
    await checked(user.id);
    expect(heldByClerk(user.id)).toMatchObject({ role: 'admin' });
    expect(await collisionsOf(user.id)).toEqual([]);
  });

  it('that a late request of an earlier write has set is still ours', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    world.clerk.answerWrite(user.id, json(500, { errors: [] }));
    await setRole(principal.userId, 'developer');
    await eventually(() => expect(world.clerk.writesOf(user.id)).toContainEqual({ role: 'developer' }), PATIENCE);
    await setRole(principal.userId, 'admin');
    world.clerk.answerWrite(user.id);
    await eventually(() => expect(heldByClerk(user.id)).toMatchObject({ role: 'admin' }), PATIENCE);
    await checked(user.id);
    // Clerk applies the request although its answer was an error.
    await companySets(user.id, { dbId: principal.userId, role: 'developer' });
    await checked(user.id);
    await eventually(() => expect(heldByClerk(user.id)).toMatchObject({ role: 'admin' }), PATIENCE);
    expect(await collisionsOf(user.id)).toEqual([]);
  });

  it('that only a lost database knew is a collision after a restore from a backup, and is not overwritten', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    const [backup] = await world.query<{ row: object }>(
      'SELECT to_jsonb(w) AS row FROM write_backs w WHERE user_id = $1',
      [principal.userId],
    );
    await setRole(principal.userId, 'developer');
    await checked(user.id);
    // Restore the state of the backup.
    await world.query(`UPDATE users SET role = 'user' WHERE id = $1`, [principal.userId]);
    await world.query(
      `UPDATE write_backs w SET ours = b.ours, seen = b.seen FROM jsonb_populate_record(NULL::write_backs, $1) b
        WHERE w.user_id = b.user_id`,
      [JSON.stringify(backup?.row)],
    );
    await reconcile();
    await eventually(async () => expect(await collisionsOf(user.id)).toHaveLength(1), PATIENCE);
    expect(heldByClerk(user.id)).toEqual({ dbId: principal.userId, role: 'developer' });
  });

  it('is still ours after a deletion that an admin undid', async () => {
    const { user, principal } = await come({});
    await checked(user.id);
    await restart({ CLERK_WRITE_BACK: 'off' });
    await setRole(principal.userId, 'developer');
    const all = world.clerk.directory.users;
    world.clerk.directory.users = all.filter(({ id }) => id !== user.id);
    const { id: runId } = await reconcile();
    await eventually(async () => expect((await world.user(user.id))?.deleted_at).not.toBeNull(), PATIENCE);
    world.clerk.directory.users = all;
    await eventually(() => world.gateway.send(undoReconcile, { id: runId }, boss.context), PATIENCE);
    await restart();
    await checked(user.id);
    expect(heldByClerk(user.id)).toEqual({ dbId: principal.userId, role: 'developer' });
    expect(await collisionsOf(user.id)).toEqual([]);
  });

  it('that Clerk rejects opens no collision', async () => {
    const user = atClerk({ plan: 'x' });
    world.clerk.answerWrite(
      user.id,
      json(422, { errors: [{ code: 'form_param_value_invalid', message: 'too large' }] }),
    );
    await world.deliver(userEvent('user.created', user));
    await eventually(async () => {
      expect(await metadataOf(user.id)).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
    }, PATIENCE);
    expect(await collisionsOf(user.id)).toEqual([]);
    world.clerk.answerWrite(user.id);
  });
});

describe('a deleted user', () => {
  it('has no open collision and no stored metadata', async () => {
    const { user } = await come({ public_metadata: { role: 'secret-society' } });
    await checked(user.id);
    expect(await collisionsOf(user.id)).toHaveLength(1);
    await world.deliver(deletion(user.id));
    expect(await collisionsOf(user.id)).toEqual([]);
    expect(await collisionsOf(user.id, 'gone')).toMatchObject([{ clerkValue: null, state: 'gone' }]);
    const kept = await world.query(
      `SELECT FROM metadata_collisions WHERE shown LIKE '%secret-society%' OR (digest IS NOT NULL AND user_id = $1)`,
      [await userId(user.id)],
    );
    expect(kept).toEqual([]);
    expect(await metadataOf(user.id)).toEqual([]);
  });
});

describe('a client that waits for dbId in its session claims', () => {
  const progressOf = async (user: UserJson) => {
    const request = { clerkUserId: user.id, sessionId: newSessionId() };
    return (await world.gateway.send(syncClerkUser, request, nobody())).metadata;
  };

  it('learns whether it is written, pending, or blocked by a collision', async () => {
    const [free, taken] = [atClerk({}), atClerk({ dbId: 4711 })];
    world.clerk.answerWrite(free.id, json(429, fixture('bapi.error-429'), { 'Retry-After': '1' }));
    expect(await progressOf(free)).toBe('pending');
    world.clerk.answerWrite(free.id);
    await checked(free.id);
    expect(await progressOf(free)).toBe('written');
    await progressOf(taken);
    await checked(taken.id);
    expect(await progressOf(taken)).toBe('collision');
    const [collision] = await collisionsOf(taken.id);
    await decide(collision?.id ?? '', 'take');
    await checked(taken.id);
    expect(await progressOf(taken)).toBe('written');
    await restart({ CLERK_WRITE_BACK: 'off' });
    expect(await progressOf(atClerk({}))).toBe('off');
    await restart();
  });
});

describe('a configured metadata key', () => {
  beforeAll(() => restart({ CLERK_METADATA_KEY: 'gatehouse' }));
  afterAll(() => restart());

  it('holds both values, beside the metadata of the company', async () => {
    const { user, principal } = await come({ public_metadata: { role: ['editor'], dbId: 4711 } });
    await checked(user.id);
    const nested = { dbId: principal.userId, role: 'user' };
    expect(heldByClerk(user.id)).toEqual({ role: ['editor'], dbId: 4711, gatehouse: nested });
    await setRole(principal.userId, 'developer');
    await eventually(() => expect(heldByClerk(user.id).gatehouse).toEqual({ ...nested, role: 'developer' }), PATIENCE);
    expect(await collisionsOf(user.id)).toEqual([]);
  });

  it('with a foreign value is a collision, for one key inside it or as a whole', async () => {
    const inside = await come({ public_metadata: { gatehouse: { role: 'editor', note: 'x' } } });
    const whole = await come({ public_metadata: { gatehouse: 'reserved' } });
    await checked(inside.user.id);
    await checked(whole.user.id);
    expect(heldByClerk(inside.user.id)).toEqual({
      gatehouse: { role: 'editor', note: 'x', dbId: inside.principal.userId },
    });
    expect(heldByClerk(whole.user.id)).toEqual({ gatehouse: 'reserved' });
    expect(shortOf(await collisionsOf(inside.user.id))).toEqual([
      { key: 'gatehouse.role', clerkValue: '"editor"', ourValue: 'user' },
    ]);
    const [collision, ...others] = await collisionsOf(whole.user.id);
    expect([collision, others]).toMatchObject([{ key: 'gatehouse', clerkValue: '"reserved"', ourValue: null }, []]);
    expect((await metadataOf(whole.user.id))?.[0]).toMatchObject({ key: 'gatehouse', state: 'collision' });
    await decide(collision?.id ?? '', 'take');
    await checked(whole.user.id);
    expect(heldByClerk(whole.user.id)).toEqual({ gatehouse: { dbId: whole.principal.userId, role: 'user' } });
    expect(await collisionsOf(whole.user.id, 'taken')).toHaveLength(1);
  });

  it('that is added later is written for every user by the next reconcile run, which ends the collisions at the top level', async () => {
    await restart();
    const { user, principal } = await come({ public_metadata: { role: 'editor' } });
    await checked(user.id);
    expect(await collisionsOf(user.id)).toHaveLength(1);
    await restart({ CLERK_METADATA_KEY: 'gatehouse' });
    await reconcile();
    await eventually(
      () => expect(heldByClerk(user.id).gatehouse).toEqual({ dbId: principal.userId, role: 'user' }),
      PATIENCE,
    );
    expect(heldByClerk(user.id)).toMatchObject({ role: 'editor' });
    await checked(user.id);
    expect(await collisionsOf(user.id)).toEqual([]);
  });
});
