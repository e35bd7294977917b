import { createHash, randomUUID } from 'node:crypto';
import {
  type ReconcileRun,
  approveReconcile,
  explainUser,
  listReconciles,
  resolvePrincipal,
  showReconcile,
  startReconcile,
  undoReconcile,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { AbsenceConfirmation } from '../src/reconcile/confirm-absences';
import { DriftSampler } from '../src/reconcile/drift-sampler';
import { PendingRedactions } from '../src/reconcile/pending-redactions';
import { json } from './clerk-api';
import { type UserJson, T0, clerkUser, deletion, newClerkId, userEvent, withEmail } from './clerk-events';
import { adminContext } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

const settings = {
  CLERK_CONFIRM_DELAY_MS: '20',
  CLERK_INSTANCE_ID: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz',
  RECONCILE_MAX_DELETIONS: '3',
};

beforeAll(async () => {
  world = await SyncWorld.start();
});

beforeEach(async () => {
  await world.boot(settings);
});

afterEach(async () => {
  await world.closeApps();
  const { directory } = world.clerk;
  Object.assign(directory, {
    users: [],
    maxPage: 500,
    instanceId: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz',
    onPage: () => undefined,
  });
  directory.hidden.clear();
  directory.refusals.length = 0;
  directory.pages.length = 0;
  for (const table of ['pending_redactions', 'reconcile_runs', 'reconcile_sightings', 'suspected_absences', 'users']) {
    await world.query(`DELETE FROM ${table}`);
  }
});

afterAll(() => world.dispose());

const start = () => world.gateway.send(startReconcile, {}, adminContext());
const show = (id: string) => world.gateway.send(showReconcile, { id }, adminContext());

const ended = (id: string, timeoutMs = 20_000): Promise<ReconcileRun> =>
  eventually(
    async () => {
      const run = await show(id);
      return ['queued', 'running'].includes(run.state) ? null : run;
    },
    { timeoutMs, intervalMs: 50 },
  ) as Promise<ReconcileRun>;

const reconcile = async () => ended((await start()).id);

function atClerk(...users: UserJson[]): void {
  world.clerk.directory.users = users;
}

const many = (count: number) => Array.from({ length: count }, () => clerkUser(newClerkId()));

const live = async () =>
  (await world.query<{ clerk_user_id: string }>('SELECT clerk_user_id FROM users WHERE deleted_at IS NULL')).map(
    ({ clerk_user_id }) => clerk_user_id,
  );

describe('a reconcile run', () => {
  it('fills an empty database, and a second run changes nothing', async () => {
    const users = many(30);
    atClerk(...users);
    world.clerk.directory.maxPage = 7;
    expect(await reconcile()).toMatchObject({
      state: 'done',
      usersTotal: 30,
      usersDone: 30,
      remaining: 0,
      absences: 0,
      changes: { create: 30 },
    });
    const rows = await world.query('SELECT * FROM users ORDER BY id');
    expect(await reconcile()).toMatchObject({ state: 'done', changes: { duplicate: 30 } });
    expect(await world.query('SELECT * FROM users ORDER BY id')).toEqual(rows);
  });

  it('applies changes, new users and deletions that no webhook reported, by the same decisions', async () => {
    const [changed, deleted, same] = many(3) as [UserJson, UserJson, UserJson];
    for (const user of [changed, deleted, same]) await world.deliver(userEvent('user.created', user));
    const fresh = clerkUser(newClerkId());
    atClerk({ ...changed, updated_at: T0 + 1, first_name: 'Missed' }, same, fresh);
    expect(await reconcile()).toMatchObject({
      state: 'done',
      absences: 1,
      changes: { apply: 1, duplicate: 1, create: 1, delete: 1 },
      undoable: 1,
    });
    expect(await world.user(changed.id)).toMatchObject({ first_name: 'Missed' });
    // The ledger learns that Clerk changed without a webhook.
    await eventually(async () =>
      expect((await world.movements()).at(-1)).toEqual({ movedAt: T0 + 1, source: 'reconcile' }),
    );
    expect((await live()).sort()).toEqual([changed.id, fresh.id, same.id].sort());
  });

  it('settles a swap of e-mail addresses that no webhook reported', async () => {
    const [a, b] = many(2) as [UserJson, UserJson];
    const emailOf = (user: UserJson) => (user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';
    for (const user of [a, b]) await world.deliver(userEvent('user.created', user));
    atClerk(withEmail({ ...a, updated_at: T0 + 1 }, emailOf(b)), withEmail({ ...b, updated_at: T0 + 1 }, emailOf(a)));
    world.clerk.directory.maxPage = 1;
    expect(await reconcile()).toMatchObject({ state: 'done' });
    expect(await world.user(a.id)).toMatchObject({ email: emailOf(b) });
    expect(await world.user(b.id)).toMatchObject({ email: emailOf(a) });
  });

  it('continues when Clerk fails for one user, which is counted as failed and not changed', async () => {
    const [odd, other] = many(2) as [UserJson, UserJson];
    for (const user of [odd, other]) await world.deliver(userEvent('user.created', user));
    atClerk({ ...odd, first_name: 'Tie' }, { ...other, updated_at: T0 + 1, first_name: 'Told' });
    world.clerk.answer(odd.id, json(500, { errors: [] }));
    expect(await reconcile()).toMatchObject({ state: 'done', changes: { failed: 1, apply: 1 } });
    expect(await world.user(odd.id)).toMatchObject({ first_name: 'Ada', deleted_at: null });
  });

  it('leaves first logins their share of the budget for requests to Clerk', async () => {
    await world.closeApps();
    await world.query('DELETE FROM clerk_budget');
    await world.boot({ ...settings, CLERK_REQUESTS_PER_10S: '20' });
    atClerk(...many(200));
    world.clerk.directory.maxPage = 1;
    const run = await start();
    await eventually(async () => expect((await show(run.id)).usersDone).toBeGreaterThan(1));
    const user = clerkUser(newClerkId());
    world.clerk.answer(user.id, json(200, user));
    const anybody = { principal: null, requestId: randomUUID() };
    const login = { clerkUserId: user.id, sessionId: 'sess_waiting' };
    expect(await world.gateway.send(resolvePrincipal, login, anybody)).toMatchObject({ isNewUser: true });
    expect(await show(run.id)).toMatchObject({ state: 'running' });
  });

  it('heals and counts a version in the far future', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', { ...user, updated_at: 8_640_000_000_000_000 }));
    atClerk({ ...user, first_name: 'Truth' });
    expect(await reconcile()).toMatchObject({ changes: { heal: 1 } });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Truth', clerk_updated_at: String(T0) });
  });

  it('fetches a user by id when the list shows other content of equal version', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    atClerk({ ...user, first_name: 'Listed' });
    world.clerk.answer(user.id, json(200, { ...user, first_name: 'Asked' }));
    expect(await reconcile()).toMatchObject({ state: 'done', changes: { apply: 1 } });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Asked' });
  });

  it('does not create a deleted user again that Clerk still lists', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await world.deliver(deletion(user.id));
    atClerk({ ...user, updated_at: T0 + 1 });
    expect(await reconcile()).toMatchObject({ state: 'done', absences: 0, changes: { tombstoned: 1 } });
    expect(await live()).toEqual([]);
  });

  it('completes while webhooks change users', async () => {
    const users = many(8);
    atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 2;
    const delivered: Promise<unknown>[] = [];
    directory.onPage = (cursor) => {
      const [first, last] = [users[0], users[7]];
      if (cursor !== users[1]?.id || first === undefined || last === undefined) return;
      delivered.push(world.deliver(userEvent('user.created', last)));
      delivered.push(world.deliver(userEvent('user.updated', { ...first, updated_at: T0 + 1, first_name: 'Told' })));
    };
    expect(await reconcile()).toMatchObject({ state: 'done', usersDone: 8, absences: 0 });
    await Promise.all(delivered);
    expect(delivered).toHaveLength(2);
    expect(directory.pages).toEqual([null, ...[1, 3, 5, 7].map((index) => users[index]?.id)]);
    expect(await live()).toHaveLength(8);
    expect(await world.user(users[0]?.id ?? '')).toMatchObject({ first_name: 'Told' });
  });

  it('fetches a user by id that is absent from the list, instead of deleting it', async () => {
    const users = many(2);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    atClerk(...users);
    world.clerk.directory.hidden.add(users[0]?.id ?? '');
    expect(await reconcile()).toMatchObject({ state: 'done', absences: 1, changes: { duplicate: 2 } });
    expect(await live()).toHaveLength(2);
  });

  it('continues after the previous user when the user at its cursor is deleted', async () => {
    const users = many(12);
    atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 4;
    directory.onPage = (cursor) => {
      if (cursor === users[3]?.id) directory.users = directory.users.filter(({ id }) => id !== cursor);
    };
    const run = await reconcile();
    expect(run.state).toBe('done');
    expect(directory.pages.slice(0, 3)).toEqual([null, users[3]?.id, users[2]?.id]);
    // The run saw the user before its deletion. A webhook or the next run deletes it.
    expect((await live()).sort()).toEqual(users.map(({ id }) => id).sort());
    await reconcile();
    expect((await live()).sort()).toEqual(directory.users.map(({ id }) => id).sort());
  });

  it('starts again when all users of its cursor are gone, and counts no user twice', async () => {
    const users = many(12);
    atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 4;
    directory.onPage = (cursor) => {
      if (cursor === users[7]?.id) directory.users = users.filter((_, index) => index < 3 || index > 7);
    };
    const run = await reconcile();
    expect(directory.pages.slice(2, 8)).toEqual([...[7, 6, 5, 4, 3].map((index) => users[index]?.id), null]);
    expect(run).toMatchObject({ state: 'done', usersTotal: 12, usersDone: 12, changes: { create: 12 } });
    expect((await live()).sort()).toEqual(users.map(({ id }) => id).sort());
  });

  it('waits while Clerk returns errors, and resumes at the same page', async () => {
    const users = many(6);
    atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 2;
    directory.refusals.push(
      [users[1]?.id ?? '', json(429, { errors: [] }, { 'Retry-After': '1' })],
      [users[1]?.id ?? '', json(500, { errors: [] })],
    );
    const { id } = await start();
    // It pauses for five seconds after each error.
    expect(await ended(id, 40_000)).toMatchObject({ state: 'done', usersDone: 6, changes: { create: 6 } });
    expect(directory.pages).toEqual([null, ...[1, 1, 1, 3, 5].map((index) => users[index]?.id)]);
  });

  it('is resumed by another process at the page where it stopped', async () => {
    const users = many(20);
    atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 4;
    let stopped: Promise<void> | undefined;
    directory.onPage = (cursor) => {
      if (cursor === users[7]?.id) stopped ??= world.closeApps();
    };
    const { id } = await start();
    await eventually(() => stopped !== undefined);
    await stopped;
    const pages = directory.pages.length;
    expect(pages).toBeLessThan(5);
    await world.boot(settings);
    expect(await ended(id)).toMatchObject({ state: 'done', usersDone: 20, changes: { create: 20 } });
    expect(directory.pages.slice(pages)).not.toContain(null);
    expect(await live()).toHaveLength(20);
  });

  it('runs on one replica only', async () => {
    await world.boot(settings);
    await world.boot(settings);
    const users = many(12);
    atClerk(...users);
    world.clerk.directory.maxPage = 3;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const first = json(200, users.slice(0, 3));
    world.clerk.directory.refusals.push([null, (request, response) => void held.then(() => first(request, response))]);
    const { id } = await start();
    await expect(start()).rejects.toMatchObject({ reason: 'conflict' });
    goOn();
    expect(await ended(id)).toMatchObject({ usersDone: 12 });
    expect(world.clerk.directory.pages).toHaveLength(5);
  });

  it('is refused and changes no user when the secret key belongs to another Clerk instance', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    world.clerk.directory.instanceId = 'ins_other';
    expect(await reconcile()).toMatchObject({ state: 'refused', message: expect.stringContaining('instance') });
    expect(await live()).toEqual([user.id]);
  });
});

describe('deletions by a reconcile run', () => {
  it('beyond the limit stop the run until an admin approves', async () => {
    const users = many(6);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    atClerk(...users.slice(0, 2));
    const run = await reconcile();
    expect(run).toMatchObject({ state: 'needs_approval', absences: 4, message: expect.stringContaining('4 of 6') });
    expect(await live()).toHaveLength(6);
    await world.gateway.send(approveReconcile, { id: run.id }, adminContext());
    expect(await ended(run.id)).toMatchObject({ state: 'done', changes: { duplicate: 2, delete: 4 } });
    expect(await live()).toHaveLength(2);
  });

  it('keep personal data for 24 hours, and one audited command undoes them', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const before = await world.user(user.id);
    const run = await reconcile();
    expect(await world.user(user.id)).toMatchObject({
      deleted_at: expect.any(Date),
      is_active: false,
      email: before?.email,
    });
    const [pending] = await world.query<{ hours: string }>(
      `SELECT extract(epoch FROM redact_at - found_at) / 3600 AS hours FROM pending_redactions`,
    );
    expect(Number(pending?.hours)).toBe(24);
    expect(await world.deliver(userEvent('user.updated', user))).toMatchObject({ decision: 'tombstoned' });

    const by = adminContext();
    const undone = await world.gateway.send(undoReconcile, { id: run.id }, by);
    expect(undone).toMatchObject({ restored: 1, run: { state: 'undone', undoable: 0 } });
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null, is_active: true, email: before?.email });
    const audit = await world.query('SELECT actor_user_id FROM audit_log WHERE action = $1 AND subject = $2', [
      'reconcile.undo',
      run.id,
    ]);
    expect(audit).toEqual([{ actor_user_id: by.principal.userId }]);
    expect(await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1 }))).toMatchObject({
      decision: 'apply',
    });
    const { steps } = await world.gateway.send(explainUser, { id: user.id }, adminContext());
    expect(steps.map(({ decision }) => decision)).toEqual(['create', 'delete', 'tombstoned', 'restore', 'apply']);
  });

  it('are redacted when due, and at once when a webhook reports them', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const run = await reconcile();
    const redactions = world.apps[0]?.get(PendingRedactions, { strict: false });
    expect(await redactions?.redactDue()).toBe(0);
    expect(await world.deliver(deletion(user.id))).toMatchObject({ decision: 'duplicate' });
    expect(await world.gateway.send(undoReconcile, { id: run.id }, adminContext())).toMatchObject({ restored: 0 });
    expect(await redactions?.redactDue()).toBe(1);
    expect(await world.user(user.id)).toMatchObject({ email: null, full_name: 'Deleted user' });
    const { steps } = await world.gateway.send(explainUser, { id: user.id }, adminContext());
    expect(steps.map(({ decision }) => decision)).toEqual(['create', 'delete', 'duplicate', 'redact']);
  });
});

describe('a 404 from Clerk', () => {
  const confirm = async (id: string) => {
    await world.query('UPDATE suspected_absences SET check_at = now() WHERE clerk_user_id = $1', [id]);
    await world.apps[0]?.get(AbsenceConfirmation, { strict: false }).confirmDue();
  };

  async function suspected(): Promise<UserJson> {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const tie = await world.deliver(userEvent('user.updated', { ...user, first_name: 'Tie' }));
    expect(tie).toMatchObject({ status: 'failed', error: { code: 'USER_MISSING_AT_CLERK' } });
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null });
    return user;
  }

  it('does not delete a user until a second one confirms it, undoably', async () => {
    const user = await suspected();
    await confirm(user.id);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: expect.any(Date), email: expect.any(String) });
    expect(await world.query('SELECT * FROM suspected_absences')).toEqual([]);
  });

  it('is forgotten when Clerk finds the user again', async () => {
    const user = await suspected();
    atClerk({ ...user, first_name: 'Back' });
    await confirm(user.id);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null, first_name: 'Back' });
    expect(await world.query('SELECT * FROM suspected_absences')).toEqual([]);
  });

  it('confirms nothing for the key of another instance, once a run has found out ours', async () => {
    await world.closeApps();
    await world.boot(Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'CLERK_INSTANCE_ID')));
    const user = await suspected();
    atClerk(user);
    expect(await reconcile()).toMatchObject({ state: 'done' });
    await world.query(
      `INSERT INTO suspected_absences (clerk_user_id, source, check_at) VALUES ($1, 'tie', now()) ON CONFLICT DO NOTHING`,
      [user.id],
    );
    world.clerk.directory.instanceId = 'ins_other';
    atClerk();
    await confirm(user.id);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null });
    expect(await world.query('SELECT clerk_user_id FROM suspected_absences')).toEqual([{ clerk_user_id: user.id }]);
  });
});

describe('users with a content hash of version 1', () => {
  /** Replaces the hash of the row by the one of version 1. */
  async function hashByVersion1({ id }: UserJson, locked = false): Promise<void> {
    const row = await world.user(id);
    const names = ['email', 'email_verified', 'phone_number', 'phone_verified', 'first_name', 'last_name', 'username'];
    const content = [...names, 'profile_image_url', 'clerk_banned'].map((name) => row?.[name]);
    const hash = createHash('sha256')
      .update(JSON.stringify([...content, locked]))
      .digest('hex');
    await world.query('UPDATE users SET content_hash = $2, clerk_locked = $3 WHERE clerk_user_id = $1', [
      id,
      hash,
      locked,
    ]);
  }

  const rows = (users: readonly UserJson[]) =>
    world.query('SELECT *, xmin::text FROM users WHERE clerk_user_id = ANY($1) ORDER BY id', [
      users.map(({ id }) => id),
    ]);

  it('count as unchanged for events, reconcile runs and drift samples, without a write or a request to Clerk', async () => {
    const users = many(4);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    for (const [index, user] of users.entries()) await hashByVersion1(user, index === 0);
    // The first user was locked when it was hashed; the lockout has ended since.
    await world.query('UPDATE users SET clerk_lockout_expires_at = now() WHERE clerk_user_id = $1', [users[0]?.id]);
    atClerk(...users);
    const before = await rows(users);
    for (const user of users) {
      expect(await world.deliver(userEvent('user.updated', user))).toMatchObject({ decision: 'duplicate' });
    }
    expect(await reconcile()).toMatchObject({ state: 'done', changes: { duplicate: 4 } });
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(0);
    expect(await rows(users)).toEqual(before);
    expect(users.map(({ id }) => world.clerk.times(id))).toEqual([0, 0, 0, 0]);
  });

  it('get a hash of the current version when they are next written', async () => {
    const [user] = many(1) as [UserJson];
    await world.deliver(userEvent('user.created', user));
    const before = await world.user(user.id);
    await hashByVersion1(user);
    const outcome = await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1 }));
    expect(outcome).toMatchObject({ decision: 'advance' });
    expect(await world.user(user.id)).toMatchObject({ content_hash: before?.content_hash });
  });

  it('are updated when Clerk shows them as deprovisioned with the same version', async () => {
    const [later, same, withdrawn] = many(3) as [UserJson, UserJson, UserJson];
    for (const user of [later, same, withdrawn]) {
      await world.deliver(userEvent('user.created', user));
      await hashByVersion1(user);
    }
    // A replica of the previous release wrote this row after a newer one had stored the deprovisioning.
    await world.query('UPDATE users SET clerk_deprovisioned = true WHERE clerk_user_id = $1', [withdrawn.id]);
    atClerk({ ...later, updated_at: T0 + 1, deprovisioned: true }, { ...same, deprovisioned: true }, withdrawn);
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(3);
    expect(await reconcile()).toMatchObject({ state: 'done', changes: { apply: 3 } });
    expect(await world.user(later.id)).toMatchObject({ clerk_deprovisioned: true });
    expect(await world.user(same.id)).toMatchObject({ clerk_deprovisioned: true });
    expect(await world.user(withdrawn.id)).toMatchObject({ clerk_deprovisioned: false });
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(0);
  });

  it('stay unchanged when they are stored without an address that another user holds', async () => {
    const [holder, other] = many(2) as [UserJson, UserJson];
    const email = `${holder.id}@example.com`;
    const claimant = withEmail(other, email);
    await world.deliver(userEvent('user.created', withEmail(holder, email)));
    atClerk(withEmail(holder, email), claimant);
    await world.deliver(userEvent('user.created', claimant));
    expect(await world.user(claimant.id)).toMatchObject({ email: null });
    await hashByVersion1(holder);
    await hashByVersion1(claimant);
    const shown = await world.query('SELECT email, updated_at FROM users ORDER BY id');
    expect(await reconcile()).toMatchObject({ state: 'done', changes: { duplicate: 2 } });
    expect(await world.query('SELECT email, updated_at FROM users ORDER BY id')).toEqual(shown);
  });
});

describe('reconcile metrics', () => {
  it('show the drift of the last sample, the staleness, and the progress of runs', async () => {
    const users = many(3);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    atClerk(...users.map((user, index) => (index === 0 ? { ...user, first_name: 'Drifted' } : user)));
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(1);
    const run = await reconcile();
    await eventually(async () =>
      (await world.operations('/metrics')).includes('gatehouse_user_sync_staleness_seconds '),
    );
    const metrics = await world.operations('/metrics');
    expect(metrics).toContain('gatehouse_user_sync_drift_users 1');
    expect(metrics).toContain('gatehouse_user_sync_drift_sampled_users 3');
    const { items } = await world.gateway.send(listReconciles, {}, adminContext());
    expect(items).toMatchObject([{ id: run.id, trigger: 'admin', usersPerSecond: expect.any(Number) }]);
  });

  it('show runs that start on schedule', async () => {
    await world.closeApps();
    await world.boot({ ...settings, RECONCILE_INTERVAL_MS: '1' });
    atClerk(...many(2));
    const worker = world.apps[0];
    expect(worker).toBeDefined();
    await eventually(async () => (await live()).length === 2, { timeoutMs: 50_000, intervalMs: 500 });
    const { items } = await world.gateway.send(listReconciles, {}, adminContext());
    expect(items[0]).toMatchObject({ trigger: 'schedule' });
  });
});
