import { randomUUID } from 'node:crypto';
import { endAuthSession, endAuthSessions, exchangePhoneLogin } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { SignOutQueue } from '../src/auth-sessions/sign-out-at-clerk/sign-out-queue';
import { AuthSessionWorld, contextOf } from './auth-session-world';
import { hangUp, json } from './clerk-api';
import { sessionEvent } from './clerk-events';
import { ListeningGateway } from './listening-gateway';
import { type Member, logIn, member, nobody, refusal } from './members';
import { type SyncWorld } from './sync-world';

let sessions: AuthSessionWorld;
let world: SyncWorld;
let boss: Member;
let stranger: Member;

beforeAll(async () => {
  sessions = await AuthSessionWorld.start();
  ({ world, boss } = sessions);
});
afterAll(() => world.dispose());
afterEach(() => sessions.restoreClerk());

describe('signing out everywhere', () => {
  it('ends all sessions here before the reply and at Clerk, pending ones too', async () => {
    const { clerkUserId, userId, laptop, phone, context } = await sessions.onTwoDevices();
    const task = world.clerk.sessions.begin(clerkUserId, { status: 'pending' });
    const own = await sessions.exchanged(userId, phone.id);
    expect(await world.gateway.send(endAuthSessions, {}, context)).toMatchObject({
      ...{ closed: 1, clerk: 'revoked', propagation: {} },
    });
    for (const { id } of [laptop, phone, task]) {
      expect(world.clerk.sessions.revoked).toContain(id);
      expect(await sessions.resolve(clerkUserId, id)).toMatchObject({ sessionEnded: true });
    }
    expect(await sessions.isClosed(own, userId)).toBe(true);
    expect(await sessions.pendingOf(clerkUserId)).toEqual([]);
    const again = world.clerk.sessions.begin(clerkUserId);
    expect(await sessions.resolve(clerkUserId, again.id)).toMatchObject({ sessionEnded: false });
  });

  it('can keep the current session, and ends the Gatehouse sessions that were exchanged for it', async () => {
    const { clerkUserId, userId, laptop, phone, context } = await sessions.onTwoDevices();
    const id = await sessions.exchanged(userId, phone.id);
    await world.gateway.send(endAuthSessions, { keepCurrent: true }, context);
    expect(await sessions.resolve(clerkUserId, phone.id)).toMatchObject({ sessionEnded: false });
    expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
    expect(await sessions.isClosed(id, userId)).toBe(true);
    expect(world.clerk.sessions.revoked).not.toContain(phone.id);
  });

  it('keeps a Gatehouse session together with the Clerk session that was exchanged for it', async () => {
    const { clerkUserId, userId, laptop, phone } = await sessions.onTwoDevices();
    const [current, other] = [await sessions.exchanged(userId, phone.id), await sessions.exchanged(userId, phone.id)];
    await world.gateway.send(endAuthSessions, { keepCurrent: true }, contextOf(userId, current, clerkUserId));
    expect(await sessions.resolve(clerkUserId, phone.id)).toMatchObject({ sessionEnded: false });
    expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
    expect([await sessions.isClosed(current, userId), await sessions.isClosed(other, userId)]).toEqual([false, true]);
  });

  it('ends the sessions of a local user, who can log in again at once', async () => {
    const { userId, email, sessionId, context } = await sessions.loggedIn();
    const other = (await logIn(world, email)).session.id;
    expect(await world.gateway.send(endAuthSessions, { keepCurrent: true }, context)).toMatchObject({
      ...{ closed: 1, clerk: 'none' },
    });
    expect([await sessions.isClosed(sessionId, userId), await sessions.isClosed(other, userId)]).toEqual([false, true]);
    await world.gateway.send(endAuthSessions, {}, context);
    const again = (await logIn(world, email)).session.id;
    expect([await sessions.isClosed(sessionId, userId), await sessions.isClosed(again, userId)]).toEqual([true, false]);
  });

  it.each([
    ['is unavailable', () => (world.clerk.outage = hangUp)],
    ['fails to list', () => (world.clerk.sessions.listAnswer = json(500, {}))],
    ['does not list in time', () => sessions.silenceLists()],
    [
      'rejects our secret key',
      () => (world.clerk.sessions.listAnswer = json(401, { errors: [{ code: 'authorization_invalid' }] })),
    ],
  ])(
    'when Clerk %s rejects old sessions here and admits new ones, and is completed later',
    async (_, fail) => {
      const { clerkUserId, laptop, phone, context } = await sessions.onTwoDevices();
      fail();
      const ended = await world.gateway.send(endAuthSessions, {}, context);
      expect(ended).toMatchObject({ clerk: 'pending', propagation: {} });
      for (const { id } of [laptop, phone]) {
        const { sessionEnded, signedOutBefore, change } = await sessions.resolve(clerkUserId, id);
        expect(sessionEnded).toBe(true);
        // While Clerk does not say when the session began, the gateway learns since when it must have begun. No gateway
        // remembers that answer.
        if (world.clerk.outage !== undefined) {
          expect(Math.abs((signedOutBefore ?? 0) - Date.now())).toBeLessThan(20_000);
          expect(change).toBe(0);
        }
      }
      // Clerk answers about single sessions again, but has not listed them yet.
      world.clerk.outage = undefined;
      const again = world.clerk.sessions.begin(clerkUserId);
      await eventually(async () => !(await sessions.resolve(clerkUserId, again.id)).sessionEnded);
      sessions.restoreClerk();
      await world.query('UPDATE clerk_sign_outs SET due_at = now(), claimed_until = NULL WHERE clerk_user_id = $1', [
        clerkUserId,
      ]);
      await sessions.drained(clerkUserId);
      expect(world.clerk.sessions.revoked).toEqual(expect.arrayContaining([laptop.id, phone.id]));
      expect(world.clerk.sessions.revoked).not.toContain(again.id);
      expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
      expect(await sessions.resolve(clerkUserId, again.id)).toMatchObject({ sessionEnded: false });
    },
    180_000,
  );

  it('that is pending admits a session whose beginning an event shows, although Clerk does not answer', async () => {
    const { clerkUserId, laptop, context } = await sessions.onTwoDevices();
    world.clerk.outage = hangUp;
    const before = world.clerk.sessions.begin(clerkUserId).id;
    await world.gateway.send(endAuthSessions, {}, context);
    const created = (id: string, created_at: number) =>
      world.deliver(sessionEvent('session.created', clerkUserId, { id, created_at }));
    const [again, another] = [world.clerk.sessions.begin(clerkUserId).id, world.clerk.sessions.begin(clerkUserId).id];
    await created(before, Date.now() - 60_000);
    await Promise.all([created(again, Date.now() + 1_000), created(another, Date.now() + 1_000)]);
    for (const [id, sessionEnded] of [
      [laptop.id, true],
      [before, true],
      [again, false],
      [another, false],
    ] as const) {
      expect(await sessions.resolve(clerkUserId, id)).toMatchObject({ sessionEnded });
    }
    world.clerk.outage = undefined;
    await sessions.drained(clerkUserId);
    expect(world.clerk.sessions.revoked).toContain(before);
    for (const id of [again, another]) expect(world.clerk.sessions.revoked).not.toContain(id);
  });

  it('that is pending rejects the exchange of an old Clerk session, and admits that of a new one', async () => {
    const { clerkUserId, laptop, context } = await sessions.onTwoDevices();
    world.clerk.sessions.listAnswer = json(500, {});
    await world.gateway.send(endAuthSessions, {}, context);
    const exchange = (sessionId: string) => {
      const token = { id: randomUUID(), clerkUserId, sessionId, expiresAt: Date.now() + 60_000 };
      return world.gateway.send(exchangePhoneLogin, { token, body: {}, sessionTtlMs: 60_000 }, nobody());
    };
    await expect(exchange(laptop.id)).rejects.toEqual(refusal('session_ended'));
    const { isNewUser } = await exchange(world.clerk.sessions.begin(clerkUserId).id);
    expect(isNewUser).toBeDefined();
    world.clerk.sessions.listAnswer = undefined;
    await sessions.drained(clerkUserId);
  });

  it('closes the Gatehouse sessions that were exchanged, while Clerk listed, for sessions that it then revokes', async () => {
    const { clerkUserId, userId, context } = await sessions.onTwoDevices();
    // Began before the call, but Clerk's clock is fast.
    const phone = world.clerk.sessions.begin(clerkUserId, {}, Date.now() + 5_000);
    const token = { id: randomUUID(), clerkUserId, sessionId: phone.id, expiresAt: Date.now() + 60_000 };
    let exchange: Promise<{ readonly session: { readonly id: string } }> | undefined;
    world.clerk.sessions.listAnswer = (request, response) => {
      exchange = world.gateway.send(exchangePhoneLogin, { token, body: {}, sessionTtlMs: 60_000 }, nobody());
      void exchange.finally(() => json(200, [phone])(request, response));
    };
    const gateway = await new ListeningGateway(world).start();
    try {
      expect(await world.gateway.send(endAuthSessions, {}, context)).toMatchObject({ clerk: 'revoked' });
      const id = (await exchange)?.session.id ?? '';
      expect(await sessions.isClosed(id, userId)).toBe(true);
      await eventually(() => gateway.changes.length >= 3);
      expect(gateway.changes).toMatchObject([
        { kind: 'user', userId },
        { kind: 'legacy_session', sessionId: id },
        { kind: 'clerk_session', sessionId: phone.id },
      ]);
    } finally {
      await gateway.stop();
    }
  });

  it('is not given up when Clerk rejects a revocation, and is completed when Clerk accepts it', async () => {
    const { clerkUserId, laptop, context } = await sessions.onTwoDevices();
    world.clerk.sessions.revokeAnswer = json(422, { errors: [{ code: 'form_param_invalid' }] });
    expect(await world.gateway.send(endAuthSessions, {}, context)).toMatchObject({ clerk: 'pending' });
    await eventually(async () => Number((await sessions.pendingOf(clerkUserId))[0]?.retry_count) > 2);
    expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
    world.clerk.sessions.revokeAnswer = undefined;
    await sessions.drained(clerkUserId);
    expect(world.clerk.sessions.revoked).toContain(laptop.id);
  });

  it('counts a session as ended that Clerk refuses to revoke because it has ended', async () => {
    const { clerkUserId, laptop, phone, context } = await sessions.onTwoDevices();
    world.clerk.sessions.revokeAnswer = (request, response) => {
      for (const session of [laptop, phone]) session.status = 'ended';
      json(400, { errors: [{ code: 'session_not_active' }] })(request, response);
    };
    expect(await world.gateway.send(endAuthSessions, {}, context)).toMatchObject({ clerk: 'revoked' });
    expect(await sessions.pendingOf(clerkUserId)).toEqual([]);
  });

  it('is repeated by another replica when the first one died with its lease', async () => {
    const { clerkUserId, laptop, context } = await sessions.onTwoDevices();
    world.clerk.sessions.listAnswer = json(500, {});
    await world.gateway.send(endAuthSessions, {}, context);
    await world.query(
      `UPDATE clerk_sign_outs SET claim = gen_random_uuid(), claimed_until = now() + interval '1 second' WHERE clerk_user_id = $1`,
      [clerkUserId],
    );
    world.clerk.sessions.listAnswer = undefined;
    await sessions.drained(clerkUserId);
    expect(world.clerk.sessions.revoked).toContain(laptop.id);
  });

  it('leased by one process cannot be completed by another', async () => {
    const { clerkUserId, context } = await sessions.onTwoDevices();
    world.clerk.sessions.listAnswer = json(500, {});
    await world.gateway.send(endAuthSessions, {}, context);
    const queue = world.apps[0]?.get(SignOutQueue, { strict: false });
    const [row] = await sessions.pendingOf(clerkUserId);
    const stale = { clerkUserId, sessionId: null, claim: randomUUID(), before: row?.before as Date, retryCount: 0 };
    expect(await queue?.endHere(stale, ['sess_x'])).toEqual([]);
    expect(await queue?.complete(stale)).toBe(false);
    expect(await sessions.pendingOf(clerkUserId)).toHaveLength(1);
    world.clerk.sessions.listAnswer = undefined;
    await sessions.drained(clerkUserId);
  });

  it('cannot be asked for by an API key, unless an admin asks for another user', async () => {
    const { userId, clerkUserId, phone, ada } = await sessions.onTwoDevices();
    const key = { method: 'api_key' as const, sessionId: null, keyId: randomUUID(), scopes: ['*:*'] };
    const own = { principal: { ...ada.principal, ...key }, requestId: randomUUID() };
    await expect(world.gateway.send(endAuthSessions, {}, own)).rejects.toEqual(refusal('forbidden'));
    const admins = { principal: { ...boss.principal, ...key }, requestId: randomUUID() };
    expect(await world.gateway.send(endAuthSessions, { user: userId }, admins)).toMatchObject({ clerk: 'revoked' });
    expect(await sessions.resolve(clerkUserId, phone.id)).toMatchObject({ sessionEnded: true });
  });

  it.each([
    ['one', (id: string, user: string) => world.gateway.send(endAuthSession, { id, user }, stranger.context)],
    ['all', (_: string, user: string) => world.gateway.send(endAuthSessions, { user }, stranger.context)],
  ])('or ending %s for somebody else needs an admin', async (_, end) => {
    stranger = await member(world);
    const { userId, phone } = await sessions.onTwoDevices();
    for (const user of [userId, randomUUID()]) await expect(end(phone.id, user)).rejects.toEqual(refusal('forbidden'));
  });
});

it('the metrics show how many sign-outs wait for Clerk, and since when', async () => {
  const { clerkUserId, context } = await sessions.onTwoDevices();
  world.clerk.sessions.listAnswer = json(500, {});
  await world.gateway.send(endAuthSessions, {}, context);
  await world.query("UPDATE clerk_sign_outs SET queued_at = now() - interval '1 hour'");
  const measured = await world.apps[0]?.get(SignOutQueue, { strict: false }).measure();
  expect(measured).toMatchObject({ pending: 1 });
  expect(measured?.oldestSeconds).toBeGreaterThan(3_590);
  world.clerk.sessions.listAnswer = undefined;
  await sessions.drained(clerkUserId);
  expect(await world.metric('gatehouse_user_sync_clerk_sign_outs')).toBeGreaterThanOrEqual(0);
  expect(await world.metric('gatehouse_user_sync_clerk_sign_outs_total{result="revoked"}')).toBeGreaterThan(0);
});
