import { randomUUID } from 'node:crypto';
import {
  type RequestOf,
  exchangePhoneLogin,
  getMe,
  listAudit,
  resolveLegacySession,
  syncClerkUser,
} from '@gatehouse/contracts';
import { fixture, hangUp, json, silence } from './clerk-api';
import { type UserJson, clerkUser, deletion, newClerkId, sessionEvent, userEvent } from './clerk-events';
import { type Member, admin, member, newSessionId, nobody, principalOf, refusal } from './members';
import { SyncWorld } from './sync-world';

type Exchange = RequestOf<typeof exchangePhoneLogin>;

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot();
  await world.boot();
  boss = await admin(world);
});

afterAll(() => world.dispose());

let numbers = 9_000_000_000;

/** A unique Indian phone number. */
const newPhone = (): string => `+91${(numbers += 1)}`;

/** A user with an active Clerk session and this verified phone number. */
function signedIn(phone = newPhone(), changes: Record<string, unknown> = {}) {
  const id = newClerkId();
  const sample = clerkUser(id);
  const [number] = sample.phone_numbers as Record<string, unknown>[];
  const user: UserJson = { ...sample, phone_numbers: [{ ...number, phone_number: phone }], ...changes };
  const sessionId = newSessionId();
  world.clerk.answer(id, json(200, user));
  world.clerk.answer(sessionId, json(200, sessionOf(user, sessionId)));
  const token = { id: randomUUID(), clerkUserId: id, sessionId, expiresAt: Date.now() + 60_000 };
  return { user, phone, sessionId, token };
}

function sessionOf({ id }: UserJson, sessionId: string, changes: object = {}) {
  const { data } = fixture<{ data: Record<string, unknown> }>('session.created');
  return { ...data, id: sessionId, user_id: id, user: null, status: 'active', ...changes };
}

const exchange = (token: Exchange['token'], body: Exchange['body'] = {}) =>
  world.gateway.send(
    exchangePhoneLogin,
    { token, body, sessionTtlMs: 3_600_000 },
    { ...nobody(), origin: { sourceIp: '203.0.113.7' } },
  );

const openOf = (parentSessionId: string) =>
  world.query('SELECT FROM legacy_sessions WHERE parent_session_id = $1', [parentSessionId]);

const auditOf = async (filter: object) => (await world.gateway.send(listAudit, filter, boss.context)).items;

describe('a phone login', () => {
  it('creates the user, stores the profile that the client sent, and opens a session', async () => {
    const { user, token, phone, sessionId } = signedIn();
    const body = { name: ' Asha ', shopName: 'Shop', city: 'Pune', state: 'MH', pincode: '411001', phoneNumber: phone };
    const reply = await exchange(token, { ...body, clerkUserId: user.id });
    expect(reply).toMatchObject({
      isNewUser: true,
      isActive: true,
      clerkUserId: user.id,
      user: {
        ...{ ownerName: 'Asha', shopName: 'Shop', city: 'Pune', state: 'MH', pincode: '411001', phoneNumber: phone },
        referralCode: expect.stringMatching(/^BP-[0-9A-Z]{9}$/),
      },
    });
    const { session } = await world.gateway.send(
      resolveLegacySession,
      { sessionId: reply.session.id, userId: reply.userId },
      nobody(),
    );
    expect(session).toMatchObject({ closed: false, parentSessionId: sessionId, userId: reply.userId });
    expect(await auditOf({ userId: reply.userId })).toMatchObject([
      { action: 'login.phone', outcome: 'done', sourceIp: '203.0.113.7', credentialId: sessionId },
    ]);
  });

  it('of an existing user keeps the fields that the client does not send', async () => {
    const { user, token } = signedIn();
    await exchange(token, { name: 'Asha', city: 'Pune' });
    const again = await exchange({ ...token, id: randomUUID() }, { city: 'Delhi' });
    expect(again).toMatchObject({ isNewUser: false, user: { ownerName: 'Asha', city: 'Delhi', clerkUserId: user.id } });
  });

  it('reports a new user even when the webhook came first', async () => {
    const { user, token } = signedIn();
    await world.deliver(userEvent('user.created', user));
    expect(await exchange(token)).toMatchObject({ isNewUser: true });
    expect(await exchange({ ...token, id: randomUUID() })).toMatchObject({ isNewUser: false });
  });

  it.each([
    ['ten digits', (phone: string) => phone.slice(3)],
    ['a leading zero', (phone: string) => `0${phone.slice(3)}`],
    ['marks of direction and a link', (phone: string) => `\u202atel:(+91) ${phone.slice(3)}\u202c`],
    ['spaces and dashes', (phone: string) => `+91 ${phone.slice(3, 8)}-${phone.slice(8)}`],
  ])('accepts the phone number with %s', async (_, written) => {
    const { token, phone } = signedIn();
    expect(await exchange(token, { phoneNumber: written(phone) })).toMatchObject({ user: { phoneNumber: phone } });
  });

  it.each([
    ['phoneNumber', () => ({ phoneNumber: '+919999999999' })],
    ['clerkUserId', () => ({ clerkUserId: newClerkId() })],
  ])('is refused and audited when the body states another %s', async (assertion, body) => {
    const { user, token } = signedIn();
    await expect(exchange(token, body())).rejects.toEqual(refusal('identity_mismatch'));
    const [entry] = (await auditOf({ action: 'login.phone', outcome: 'refused' })).filter(
      ({ subject }) => subject === user.id,
    );
    expect(entry).toMatchObject({ reason: 'identity_mismatch', details: { assertion }, sourceIp: '203.0.113.7' });
    expect(JSON.stringify(entry)).not.toContain('9999999999');
    // The token is still unused.
    expect(await exchange(token)).toMatchObject({ clerkUserId: user.id });
  });

  it.each([{ phoneNumber: 'call me' }, { phoneNumber: '12' }, { city: 'a\u0000b' }, { role: 'admin' }])(
    'is rejected with %j',
    async (body) => {
      await expect(exchange(signedIn().token, body as object)).rejects.toEqual(refusal('invalid_request'));
    },
  );

  it('returns the same session to ten concurrent exchanges of one token, and to one right afterwards', async () => {
    const { token } = signedIn();
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => exchange(token, { name: 'Asha' })));
    others.push(await exchange(token, { name: 'Asha' }));
    expect(first).toMatchObject({ isNewUser: true, user: { ownerName: 'Asha' } });
    for (const other of others) {
      expect([other.session, other.isNewUser, other.userId]).toEqual([first?.session, true, first?.userId]);
    }
    expect(await openOf(token.sessionId)).toHaveLength(1);
    const entries = await auditOf({ userId: first?.userId, action: 'login.phone' });
    expect(entries.filter(({ details }) => details.repeated === true)).toHaveLength(10);
    expect(entries).toHaveLength(11);
  });

  it('is refused when the token was exchanged more than ten seconds ago', async () => {
    const { token } = signedIn();
    await exchange(token);
    await world.query(`UPDATE used_exchange_tokens SET used_at = used_at - interval '10 seconds' WHERE token_id = $1`, [
      `${token.sessionId}:${token.id}`,
    ]);
    await expect(exchange(token)).rejects.toEqual(refusal('token_used'));
    expect(await openOf(token.sessionId)).toHaveLength(1);
  });

  it('is refused when the session of the first exchange was closed, or an older release exchanged the token', async () => {
    const closed = signedIn();
    const { session } = await exchange(closed.token);
    await world.query('UPDATE legacy_sessions SET closed_at = now() WHERE id = $1', [session.id]);
    await expect(exchange(closed.token)).rejects.toEqual(refusal('token_used'));
    const older = signedIn();
    await exchange(older.token);
    await world.query(
      'UPDATE used_exchange_tokens SET used_at = NULL, legacy_session_id = NULL, is_new_user = NULL WHERE token_id = $1',
      [`${older.token.sessionId}:${older.token.id}`],
    );
    await expect(exchange(older.token)).rejects.toEqual(refusal('token_used'));
  });

  it('is refused when its token is repeated with other assertions; a token of another Clerk session opens another session', async () => {
    const { token, user } = signedIn();
    const first = await exchange(token);
    await expect(exchange(token, { phoneNumber: '+919999999999' })).rejects.toEqual(refusal('identity_mismatch'));
    const sessionId = newSessionId();
    world.clerk.answer(sessionId, json(200, sessionOf(user, sessionId)));
    const other = await exchange({ ...token, sessionId });
    expect(other.session.id).not.toBe(first.session.id);
  });

  it.each([
    ['has ended at Clerk', (user: UserJson, id: string) => json(200, sessionOf(user, id, { status: 'ended' }))],
    ['is pending', (user: UserJson, id: string) => json(200, sessionOf(user, id, { status: 'pending' }))],
    ["is another user's", (user: UserJson, id: string) => json(200, sessionOf({ ...user, id: newClerkId() }, id))],
    ['is unknown to Clerk', () => json(404, fixture('bapi.error-404'))],
  ])('is refused when the Clerk session %s', async (_, answer) => {
    const { user, token, sessionId } = signedIn();
    world.clerk.answer(sessionId, answer(user, sessionId));
    await expect(exchange(token)).rejects.toEqual(refusal('session_ended'));
    expect(await world.user(user.id)).toBeUndefined();
  });

  it('is refused after the event that ended the session, even if Clerk’s API shows it as active', async () => {
    const { user, token, sessionId } = signedIn();
    await world.deliver(sessionEvent('session.revoked', user.id, { id: sessionId, user }));
    await expect(exchange(token)).rejects.toEqual(refusal('session_ended'));
  });

  it('is refused without a phone number that is verified at Clerk', async () => {
    const { user } = signedIn();
    const [number] = user.phone_numbers as Record<string, unknown>[];
    const unverified = [{ ...number, verification: { status: 'unverified' } }];
    const reserved = [{ ...number, reserved: true }];
    for (const phone_numbers of [unverified, reserved, []]) {
      const { token } = signedIn(newPhone(), { phone_numbers });
      await expect(exchange(token)).rejects.toEqual(refusal('phone_unverified'));
    }
  });

  it('is refused for a user who is banned, deprovisioned, deactivated or deleted', async () => {
    for (const access of [{ banned: true }, { deprovisioned: true }]) {
      await expect(exchange(signedIn(newPhone(), access).token)).rejects.toEqual(refusal('forbidden'));
    }
    const off = signedIn();
    await exchange(off.token);
    await world.query('UPDATE users SET is_active = false WHERE clerk_user_id = $1', [off.user.id]);
    await expect(exchange({ ...off.token, id: randomUUID() })).rejects.toEqual(refusal('forbidden'));
    const gone = signedIn();
    await world.deliver(deletion(gone.user.id));
    await expect(exchange(gone.token)).rejects.toEqual(refusal('user_deleted'));
  });

  it('succeeds for a user who was locked after the session started', async () => {
    const { token } = signedIn(newPhone(), { locked: true, lockout_expires_in_seconds: 3_600 });
    expect(await exchange(token)).toMatchObject({ isActive: true });
  });

  it.each([
    ['is down', hangUp],
    ['does not answer', silence],
    ['answers 500', json(500, { errors: [] })],
  ])('is refused as clerk_unavailable while Clerk %s, and the token stays usable', async (_, answer) => {
    const { user, token, sessionId } = signedIn();
    if (answer === silence) world.waitForClerk(1_000);
    world.clerk.answer(sessionId, answer);
    await expect(exchange(token)).rejects.toEqual(refusal('clerk_unavailable'));
    world.clerk.answer(sessionId, json(200, sessionOf(user, sessionId)));
    world.clerk.answer(user.id, answer, json(200, user));
    await expect(exchange(token)).rejects.toEqual(refusal('clerk_unavailable'));
    world.waitForClerk();
    expect(await exchange(token)).toMatchObject({ isNewUser: true });
  });

  it('ends with its Clerk session, even when both happen concurrently', async () => {
    const each = Array.from({ length: 10 }, () => signedIn());
    await Promise.all(each.map(({ user }) => world.deliver(userEvent('user.created', user))));
    await Promise.all(
      each.flatMap(({ token, user, sessionId }) => [
        exchange(token).catch(() => undefined),
        world.deliver(sessionEvent('session.ended', user.id, { id: sessionId })),
      ]),
    );
    const open = await world.query(
      'SELECT FROM legacy_sessions WHERE closed_at IS NULL AND parent_session_id = ANY($1)',
      [each.map(({ sessionId }) => sessionId)],
    );
    expect(open).toEqual([]);
    const sure = signedIn();
    const { session, userId } = await exchange(sure.token);
    await world.deliver(sessionEvent('session.removed', sure.user.id, { id: sure.sessionId }));
    const looked = await world.gateway.send(resolveLegacySession, { sessionId: session.id, userId }, nobody());
    expect(looked.session).toMatchObject({ closed: true });
  });
});

describe('syncUsers', () => {
  it('creates a user who is not here yet, and returns an existing one', async () => {
    const { user, sessionId } = signedIn();
    const sync = () => world.gateway.send(syncClerkUser, { clerkUserId: user.id, sessionId }, nobody());
    const first = await sync();
    expect(first).toMatchObject({ isNewUser: true, clerkUserId: user.id, user: { clerkUserId: user.id } });
    expect(await sync()).toEqual({ ...first, isNewUser: false });
    const context = { principal: principalOf(first, sessionId), requestId: 'r' };
    expect(await world.gateway.send(getMe, {}, context)).toEqual(first.user);
  });

  it('is refused once the session has ended', async () => {
    const ada = await member(world);
    const sessionId = ada.principal.sessionId ?? '';
    await world.deliver(sessionEvent('session.ended', ada.user.id, { id: sessionId }));
    await expect(world.gateway.send(syncClerkUser, { clerkUserId: ada.user.id, sessionId }, nobody())).rejects.toEqual(
      refusal('session_ended'),
    );
  });
});
