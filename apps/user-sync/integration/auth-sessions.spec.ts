import { randomUUID } from 'node:crypto';
import { endAuthSession, touchSessions } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { AuthSessionWorld } from './auth-session-world';
import { hangUp, json } from './clerk-api';
import { deletion } from './clerk-events';
import { ListeningGateway } from './listening-gateway';
import { type Member, member, nobody, refusal } from './members';
import { type SyncWorld } from './sync-world';

let sessions: AuthSessionWorld;
let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  sessions = await AuthSessionWorld.start();
  ({ world, boss } = sessions);
});
afterAll(() => world.dispose());
afterEach(() => sessions.restoreClerk());

describe('the list of sessions', () => {
  it('shows the sessions of Clerk with device and address, and marks the current one', async () => {
    const { laptop, phone, context, clerkUserId } = await sessions.onTwoDevices();
    world.clerk.sessions.begin(clerkUserId, { status: 'ended' });
    const { items, ...rest } = await sessions.list(context);
    expect(rest).toEqual({ clerk: 'listed', nextCursor: null, truncated: false });
    expect(items.map(({ id, current, kind }) => [id, current, kind])).toEqual([
      [phone.id, true, 'clerk'],
      [laptop.id, false, 'clerk'],
    ]);
    expect(items[0]).toMatchObject({
      device: { name: expect.stringMatching(/^\w+ \d+ on \w+/), userAgent: null },
      address: { ip: expect.any(String), city: expect.any(String), country: expect.any(String) },
      lastUsedAt: new Date(Number(phone.last_active_at)).toISOString(),
      expiresAt: new Date(Number(phone.expire_at)).toISOString(),
      startedFrom: null,
    });
  });

  it('shows from where a Gatehouse session began and was last used, until it ends', async () => {
    const { sessionId, context } = await sessions.loggedIn();
    const { items, clerk } = await sessions.list(context);
    expect([clerk, items]).toEqual([
      'none',
      [
        expect.objectContaining({
          ...{ id: sessionId, kind: 'password', current: true, parentId: null, lastUsedAt: null },
          device: expect.objectContaining({ name: 'Firefox 141 on Windows', isMobile: false }),
          address: { ip: '192.0.2.7', city: null, country: null },
        }),
      ],
    ]);
    const at = Date.now() - 5_000;
    const use = { sessionId, at, ip: '198.51.100.3', userAgent: 'curl/8.7.1' };
    const older = { sessionId, at: at - 1, ip: '203.0.113.1' };
    for (const uses of [[older, use], [older]]) await world.gateway.send(touchSessions, { uses }, nobody());
    expect((await sessions.list(context)).items).toMatchObject([
      {
        lastUsedAt: new Date(at).toISOString(),
        address: { ip: '198.51.100.3' },
        device: { name: 'curl 8', userAgent: 'curl/8.7.1' },
        startedFrom: { ip: '192.0.2.7' },
      },
    ]);
    await world.gateway.send(endAuthSession, { id: sessionId }, context);
    expect((await sessions.list(context)).items).toEqual([]);
  });

  it('never shows a use in the future, whatever the clock of the gateway says', async () => {
    const { sessionId, context } = await sessions.loggedIn();
    await world.gateway.send(touchSessions, { uses: [{ sessionId, at: Date.now() + 86_400_000 }] }, nobody());
    expect(Date.parse((await sessions.list(context)).items[0]?.lastUsedAt ?? '')).toBeLessThan(Date.now() + 60_000);
  });

  it.each([
    ['fails', () => (world.clerk.sessions.listAnswer = json(500, {}))],
    ['does not answer', () => sessions.silenceLists()],
    ['answers nonsense', () => (world.clerk.sessions.listAnswer = json(200, [{ id: 7 }]))],
  ])('has the sessions of Gatehouse when Clerk %s, and says so', async (_, fail) => {
    const { context, userId, phone } = await sessions.onTwoDevices();
    const id = await sessions.exchanged(userId, phone.id);
    fail();
    const { items, clerk } = await sessions.list(context);
    expect(clerk).toBe('unavailable');
    expect(items).toMatchObject([{ id, kind: 'phone', parentId: phone.id }]);
  });

  it('has at most a hundred of each, and says that there are more', async () => {
    const { sessionId, userId, context } = await sessions.loggedIn();
    await world.query(
      `INSERT INTO legacy_sessions (id, user_id, expires_at, created_at)
       SELECT gen_random_uuid(), $1, now() + interval '1 hour', now() - n * interval '1 second' FROM generate_series(1, 120) n`,
      [userId],
    );
    const { items, truncated } = await sessions.list(context);
    expect([items.length, truncated, items[0]?.id]).toEqual([100, true, sessionId]);
  });

  it('of another user is shown to admins alone, and recorded', async () => {
    const { userId, phone, laptop } = await sessions.onTwoDevices();
    const stranger = await member(world);
    for (const user of [userId, randomUUID(), 'nobody@example.com']) {
      await expect(sessions.list(stranger.context, user)).rejects.toEqual(refusal('forbidden'));
    }
    const { items } = await sessions.list(boss.context, userId);
    expect(items.map(({ id, current }) => [id, current])).toEqual([
      [phone.id, false],
      [laptop.id, false],
    ]);
    const entries = await world.query(`SELECT FROM audit_log WHERE action = 'session.list' AND user_id = $1`, [userId]);
    expect(entries).toHaveLength(1);
  });
});

describe('ending one session', () => {
  it('of Clerk ends it here before the reply and at Clerk, with the sessions exchanged for it, and no other', async () => {
    const { clerkUserId, userId, laptop, phone, context } = await sessions.onTwoDevices();
    const [ofLaptop, ofPhone] = [
      await sessions.exchanged(userId, laptop.id),
      await sessions.exchanged(userId, phone.id),
    ];
    const gateway = await new ListeningGateway(world).start();
    try {
      expect(await world.gateway.send(endAuthSession, { id: laptop.id }, context)).toMatchObject({
        ...{ closed: 1, clerk: 'revoked', propagation: { gateways: 1, acknowledged: 1 } },
      });
      expect(gateway.changes).toMatchObject([
        { kind: 'legacy_session', sessionId: ofLaptop },
        { kind: 'clerk_session', sessionId: laptop.id },
      ]);
    } finally {
      await gateway.stop();
    }
    expect(world.clerk.sessions.revoked).toContain(laptop.id);
    expect(world.clerk.sessions.revoked).not.toContain(phone.id);
    expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
    expect(await sessions.resolve(clerkUserId, phone.id)).toMatchObject({ sessionEnded: false });
    expect([await sessions.isClosed(ofLaptop, userId), await sessions.isClosed(ofPhone, userId)]).toEqual([
      true,
      false,
    ]);
    expect((await sessions.list(context)).items.map(({ id }) => id).sort()).toEqual([ofPhone, phone.id].sort());
    expect(await sessions.pendingOf(clerkUserId)).toEqual([]);
  });

  it('of another user, or one that does not exist, gets the same refusal and ends nothing', async () => {
    const [{ context }, other] = [await sessions.onTwoDevices(), await sessions.onTwoDevices()];
    const { sessionId, userId } = await sessions.loggedIn();
    const outcomes = [];
    for (const id of [other.laptop.id, 'sess_nowhere', sessionId, randomUUID()]) {
      outcomes.push(await world.gateway.send(endAuthSession, { id }, context).catch((error: unknown) => String(error)));
    }
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => expect.stringContaining('This session does not exist.')));
    expect(await sessions.resolve(other.clerkUserId, other.laptop.id)).toMatchObject({ sessionEnded: false });
    expect(await sessions.isClosed(sessionId, userId)).toBe(false);
    expect(world.clerk.sessions.revoked).not.toContain(other.laptop.id);
  });

  it('while Clerk is unavailable takes effect here at once, and at Clerk when it is back', async () => {
    const { clerkUserId, laptop, phone, context } = await sessions.onTwoDevices();
    world.clerk.outage = hangUp;
    const ended = await world.gateway.send(endAuthSession, { id: laptop.id }, context);
    expect(ended).toMatchObject({ clerk: 'pending', propagation: {} });
    expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
    expect(await sessions.resolve(clerkUserId, phone.id)).toMatchObject({ sessionEnded: false });
    world.clerk.outage = undefined;
    await sessions.drained(clerkUserId);
    expect(world.clerk.sessions.revoked).toContain(laptop.id);
    expect(await sessions.resolve(clerkUserId, laptop.id)).toMatchObject({ sessionEnded: true });
  });

  it('while Clerk does not answer does not wait until Clerk as a whole counts as unavailable', async () => {
    const { clerkUserId, laptop, context } = await sessions.onTwoDevices();
    await eventually(async () => (await world.metric('gatehouse_user_sync_clerk_away')) === 0);
    const unanswered: (() => void)[] = [];
    world.waitForClerk(300);
    world.clerk.outage = (request, response) => void unanswered.push(() => hangUp(request, response));
    expect(await world.gateway.send(endAuthSession, { id: laptop.id }, context)).toMatchObject({ clerk: 'pending' });
    expect(await world.metric('gatehouse_user_sync_clerk_away')).toBe(0);
    sessions.restoreClerk();
    for (const end of unanswered) end();
    await sessions.drained(clerkUserId);
  });

  it('whose id Clerk refuses is unknown, and nothing waits for Clerk', async () => {
    const { clerkUserId, context } = await sessions.onTwoDevices();
    world.clerk.sessions.refused.set('sess_odd', json(422, { errors: [{ code: 'form_param_format_invalid' }] }));
    const ended = world.gateway.send(endAuthSession, { id: 'sess_odd' }, context);
    await expect(ended).rejects.toEqual(refusal('not_found'));
    expect(await sessions.pendingOf(clerkUserId)).toEqual([]);
  });

  it('whose id Clerk refuses, queued while Clerk was unavailable, is given up after the last attempt', async () => {
    const { clerkUserId, context } = await sessions.onTwoDevices();
    const given = () => world.metric('gatehouse_user_sync_clerk_sign_outs_total{result="refused"}');
    const before = await given();
    world.clerk.sessions.refused.set('sess_queued', json(400, { errors: [{ code: 'form_param_format_invalid' }] }));
    world.clerk.outage = hangUp;
    const ended = await world.gateway.send(endAuthSession, { id: 'sess_queued' }, context);
    expect(ended).toMatchObject({ clerk: 'pending' });
    world.clerk.outage = undefined;
    await sessions.drained(clerkUserId);
    expect(await given()).toBe(before + 1);
  });

  it('of another user while Clerk is unavailable does not touch it, then or later', async () => {
    const [{ context, clerkUserId }, other] = [await sessions.onTwoDevices(), await sessions.onTwoDevices()];
    const id = await sessions.exchanged(other.userId, other.laptop.id);
    world.clerk.outage = hangUp;
    // The same reply as for a session that does not exist: nobody learns whose it is.
    for (const sessionId of [other.laptop.id, 'sess_nowhere']) {
      const ended = await world.gateway.send(endAuthSession, { id: sessionId }, context);
      expect(ended).toMatchObject({ closed: 0, clerk: 'pending' });
    }
    expect(await sessions.resolve(other.clerkUserId, other.laptop.id)).toMatchObject({ sessionEnded: false });
    world.clerk.outage = undefined;
    await sessions.drained(clerkUserId);
    expect(world.clerk.sessions.revoked).not.toContain(other.laptop.id);
    expect(await sessions.resolve(other.clerkUserId, other.laptop.id)).toMatchObject({ sessionEnded: false });
    expect(await sessions.isClosed(id, other.userId)).toBe(false);
  });

  it('again changes nothing', async () => {
    const { sessionId, context } = await sessions.loggedIn();
    expect(await world.gateway.send(endAuthSession, { id: sessionId }, context)).toMatchObject({ closed: 1 });
    expect(await world.gateway.send(endAuthSession, { id: sessionId }, context)).toEqual({
      ...{ closed: 0, clerk: 'none', propagation: null },
    });
  });
});

describe('the personal data of sessions', () => {
  it('leaves with the user, and a late report brings none back', async () => {
    const { userId, clerkUserId, phone } = await sessions.onTwoDevices();
    const [open, expired] = [await sessions.exchanged(userId, phone.id), await sessions.exchanged(userId, phone.id)];
    await world.query("UPDATE legacy_sessions SET expires_at = now() - interval '1 second' WHERE id = $1", [expired]);
    const usesAt = (at: number) =>
      [open, expired].map((sessionId) => ({ sessionId, at, ip: '198.51.100.3', userAgent: 'curl/8.7.1' }));
    await world.gateway.send(touchSessions, { uses: usesAt(Date.now()) }, nobody());
    await world.query('UPDATE legacy_sessions SET started_ip = $2, started_user_agent = $2 WHERE user_id = $1', [
      ...[userId, 'x'],
    ]);
    await world.deliver(deletion(clerkUserId));
    await world.gateway.send(touchSessions, { uses: usesAt(Date.now() + 1) }, nobody());
    const rows = await world.query(
      `SELECT started_ip, started_user_agent, last_ip, last_user_agent, closed_at FROM legacy_sessions
        WHERE user_id = $1`,
      [userId],
    );
    const erased = { started_ip: null, started_user_agent: null, last_ip: null, last_user_agent: null };
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ ...erased, closed_at: expect.any(Date) })));
  });
});
