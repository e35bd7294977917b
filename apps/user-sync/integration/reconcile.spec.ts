import { randomUUID } from 'node:crypto';
import { listReconciles, syncClerkUser } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { DriftSampler } from '../src/reconcile/drift-sampler';
import { json } from './clerk-api';
import { type UserJson, T0, clerkUser, deletion, newClerkId, userEvent, withEmail } from './clerk-events';
import { reconciling, world } from './each-reconcile-test';
import { adminContext } from './members';
import { many, settings } from './reconcile-world';

describe('a reconcile run', () => {
  it('fills an empty database, and a second run changes nothing', async () => {
    const users = many(30);
    reconciling.atClerk(...users);
    world.clerk.directory.maxPage = 7;
    expect(await reconciling.reconcile()).toMatchObject({
      state: 'done',
      usersTotal: 30,
      usersDone: 30,
      remaining: 0,
      absences: 0,
      changes: { create: 30 },
    });
    const rows = await world.query('SELECT * FROM users ORDER BY id');
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', changes: { duplicate: 30 } });
    expect(await world.query('SELECT * FROM users ORDER BY id')).toEqual(rows);
  });

  it('applies changes, new users and deletions that no webhook reported, by the same decisions', async () => {
    const [changed, deleted, same] = many(3) as [UserJson, UserJson, UserJson];
    for (const user of [changed, deleted, same]) await world.deliver(userEvent('user.created', user));
    const fresh = clerkUser(newClerkId());
    reconciling.atClerk({ ...changed, updated_at: T0 + 1, first_name: 'Missed' }, same, fresh);
    expect(await reconciling.reconcile()).toMatchObject({
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
    expect((await reconciling.live()).sort()).toEqual([changed.id, fresh.id, same.id].sort());
  });

  it('settles a swap of e-mail addresses that no webhook reported', async () => {
    const [a, b] = many(2) as [UserJson, UserJson];
    const emailOf = (user: UserJson) => (user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';
    for (const user of [a, b]) await world.deliver(userEvent('user.created', user));
    reconciling.atClerk(
      withEmail({ ...a, updated_at: T0 + 1 }, emailOf(b)),
      withEmail({ ...b, updated_at: T0 + 1 }, emailOf(a)),
    );
    world.clerk.directory.maxPage = 1;
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done' });
    expect(await world.user(a.id)).toMatchObject({ email: emailOf(b) });
    expect(await world.user(b.id)).toMatchObject({ email: emailOf(a) });
  });

  it('continues when Clerk fails for one user, which is counted as failed and not changed', async () => {
    const [odd, other] = many(2) as [UserJson, UserJson];
    for (const user of [odd, other]) await world.deliver(userEvent('user.created', user));
    reconciling.atClerk({ ...odd, first_name: 'Tie' }, { ...other, updated_at: T0 + 1, first_name: 'Told' });
    world.clerk.answer(odd.id, json(500, { errors: [] }));
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', changes: { failed: 1, apply: 1 } });
    expect(await world.user(odd.id)).toMatchObject({ first_name: 'Ada', deleted_at: null });
  });

  it('leaves first logins their share of the budget for requests to Clerk', async () => {
    await world.closeApps();
    await world.query('DELETE FROM clerk_budget');
    await world.boot({ ...settings, CLERK_REQUESTS_PER_10S: '20' });
    reconciling.atClerk(...many(200));
    world.clerk.directory.maxPage = 1;
    const run = await reconciling.start();
    await eventually(async () => expect((await reconciling.show(run.id)).usersDone).toBeGreaterThan(1));
    const user = clerkUser(newClerkId());
    world.clerk.answer(user.id, json(200, user));
    const anybody = { principal: null, requestId: randomUUID() };
    const login = { clerkUserId: user.id, sessionId: 'sess_waiting' };
    expect(await world.gateway.send(syncClerkUser, login, anybody)).toMatchObject({ isNewUser: true });
    expect(await reconciling.show(run.id)).toMatchObject({ state: 'running' });
  });

  it('heals and counts a version in the far future', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', { ...user, updated_at: 8_640_000_000_000_000 }));
    reconciling.atClerk({ ...user, first_name: 'Truth' });
    expect(await reconciling.reconcile()).toMatchObject({ changes: { heal: 1 } });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Truth', clerk_updated_at: String(T0) });
  });

  it('fetches a user by id when the list shows other content of equal version', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    reconciling.atClerk({ ...user, first_name: 'Listed' });
    world.clerk.answer(user.id, json(200, { ...user, first_name: 'Asked' }));
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', changes: { apply: 1 } });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Asked' });
  });

  it('does not create a deleted user again that Clerk still lists', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await world.deliver(deletion(user.id));
    reconciling.atClerk({ ...user, updated_at: T0 + 1 });
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', absences: 0, changes: { tombstoned: 1 } });
    expect(await reconciling.live()).toEqual([]);
  });

  it('completes while webhooks change users', async () => {
    const users = many(8);
    reconciling.atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 2;
    const delivered: Promise<unknown>[] = [];
    directory.onPage = (cursor) => {
      const [first, last] = [users[0], users[7]];
      if (cursor !== users[1]?.id || first === undefined || last === undefined) return;
      delivered.push(world.deliver(userEvent('user.created', last)));
      delivered.push(world.deliver(userEvent('user.updated', { ...first, updated_at: T0 + 1, first_name: 'Told' })));
    };
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', usersDone: 8, absences: 0 });
    await Promise.all(delivered);
    expect(delivered).toHaveLength(2);
    expect(directory.pages).toEqual([null, ...[1, 3, 5, 7].map((index) => users[index]?.id)]);
    expect(await reconciling.live()).toHaveLength(8);
    expect(await world.user(users[0]?.id ?? '')).toMatchObject({ first_name: 'Told' });
  });

  it('fetches a user by id that is absent from the list, instead of deleting it', async () => {
    const users = many(2);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    reconciling.atClerk(...users);
    world.clerk.directory.hidden.add(users[0]?.id ?? '');
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', absences: 1, changes: { duplicate: 2 } });
    expect(await reconciling.live()).toHaveLength(2);
  });

  it('continues after the previous user when the user at its cursor is deleted', async () => {
    const users = many(12);
    reconciling.atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 4;
    directory.onPage = (cursor) => {
      if (cursor === users[3]?.id) directory.users = directory.users.filter(({ id }) => id !== cursor);
    };
    const run = await reconciling.reconcile();
    expect(run.state).toBe('done');
    expect(directory.pages.slice(0, 3)).toEqual([null, users[3]?.id, users[2]?.id]);
    // The run saw the user before its deletion. A webhook or the next run deletes it.
    expect((await reconciling.live()).sort()).toEqual(users.map(({ id }) => id).sort());
    await reconciling.reconcile();
    expect((await reconciling.live()).sort()).toEqual(directory.users.map(({ id }) => id).sort());
  });

  it('starts again when all users of its cursor are gone, and counts no user twice', async () => {
    const users = many(12);
    reconciling.atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 4;
    directory.onPage = (cursor) => {
      if (cursor === users[7]?.id) directory.users = users.filter((_, index) => index < 3 || index > 7);
    };
    const run = await reconciling.reconcile();
    expect(directory.pages.slice(2, 8)).toEqual([...[7, 6, 5, 4, 3].map((index) => users[index]?.id), null]);
    expect(run).toMatchObject({ state: 'done', usersTotal: 12, usersDone: 12, changes: { create: 12 } });
    expect((await reconciling.live()).sort()).toEqual(users.map(({ id }) => id).sort());
  });

  it('waits while Clerk returns errors, and resumes at the same page', async () => {
    const users = many(6);
    reconciling.atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 2;
    directory.refusals.push(
      [users[1]?.id ?? '', json(429, { errors: [] }, { 'Retry-After': '1' })],
      [users[1]?.id ?? '', json(500, { errors: [] })],
    );
    const { id } = await reconciling.start();
    // It pauses for five seconds after each error.
    expect(await reconciling.ended(id, 40_000)).toMatchObject({ state: 'done', usersDone: 6, changes: { create: 6 } });
    expect(directory.pages).toEqual([null, ...[1, 1, 1, 3, 5].map((index) => users[index]?.id)]);
  });

  it('is resumed by another process at the page where it stopped', async () => {
    const users = many(20);
    reconciling.atClerk(...users);
    const { directory } = world.clerk;
    directory.maxPage = 4;
    let stopped: Promise<void> | undefined;
    directory.onPage = (cursor) => {
      if (cursor === users[7]?.id) stopped ??= world.closeApps();
    };
    const { id } = await reconciling.start();
    await eventually(() => stopped !== undefined);
    await stopped;
    const pages = directory.pages.length;
    expect(pages).toBeLessThan(5);
    await world.boot(settings);
    expect(await reconciling.ended(id)).toMatchObject({ state: 'done', usersDone: 20, changes: { create: 20 } });
    expect(directory.pages.slice(pages)).not.toContain(null);
    expect(await reconciling.live()).toHaveLength(20);
  });

  it('runs on one replica only', async () => {
    await world.boot(settings);
    await world.boot(settings);
    const users = many(12);
    reconciling.atClerk(...users);
    world.clerk.directory.maxPage = 3;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const first = json(200, users.slice(0, 3));
    world.clerk.directory.refusals.push([null, (request, response) => void held.then(() => first(request, response))]);
    const { id } = await reconciling.start();
    await expect(reconciling.start()).rejects.toMatchObject({ reason: 'conflict' });
    goOn();
    expect(await reconciling.ended(id)).toMatchObject({ usersDone: 12 });
    expect(world.clerk.directory.pages).toHaveLength(5);
  });

  it('is refused and changes no user when the secret key belongs to another Clerk instance', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    world.clerk.directory.instanceId = 'ins_other';
    expect(await reconciling.reconcile()).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('instance'),
    });
    expect(await reconciling.live()).toEqual([user.id]);
  });
});

describe('reconcile metrics', () => {
  it('show the drift of the last sample, the staleness, and the progress of runs', async () => {
    const users = many(3);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    reconciling.atClerk(...users.map((user, index) => (index === 0 ? { ...user, first_name: 'Drifted' } : user)));
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(1);
    const run = await reconciling.reconcile();
    await eventually(async () =>
      (await world.operations('/metrics')).includes('gatehouse_user_sync_staleness_seconds '),
    );
    const metrics = await world.operations('/metrics');
    expect(metrics).toContain('gatehouse_user_sync_drift_users 1');
    expect(metrics).toContain('gatehouse_user_sync_drift_sampled_users 3');
    expect(metrics).toContain('gatehouse_user_sync_last_reconcile{state="done"} 1');
    expect(metrics).toContain('gatehouse_user_sync_last_reconcile{state="needs_approval"} 0');
    expect(metrics).toMatch(/^gatehouse_user_sync_reconcile_interval_seconds \d+$/m);
    const { items } = await world.gateway.send(listReconciles, {}, adminContext());
    expect(items).toMatchObject([{ id: run.id, trigger: 'admin', usersPerSecond: expect.any(Number) }]);
  });

  it('show runs that start on schedule', async () => {
    await world.closeApps();
    await world.boot({ ...settings, RECONCILE_INTERVAL_MS: '1' });
    reconciling.atClerk(...many(2));
    const worker = world.apps[0];
    expect(worker).toBeDefined();
    await eventually(async () => (await reconciling.live()).length === 2, { timeoutMs: 50_000, intervalMs: 500 });
    const { items } = await world.gateway.send(listReconciles, {}, adminContext());
    expect(items[0]).toMatchObject({ trigger: 'schedule' });
  });
});
