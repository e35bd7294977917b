import { randomUUID } from 'node:crypto';
import {
  activateUser,
  createUser,
  deactivateUser,
  issuePasswordToken,
  listAudit,
  resolveLegacySession,
  setPassword,
  setUserRole,
  setUserTier,
  showUser,
} from '@gatehouse/contracts';
import { METRICS } from '@gatehouse/observability';
import { type Registry } from 'prom-client';
import { hashPassword } from '../src/credentials/log-in/password-hash';
import { placeholderPassword } from '../src/credentials/log-in/passwords';
import { deletion } from './clerk-events';
import { type Member, PASSWORD, admin, localUser, logIn, member, nobody, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot();
  boss = await admin(world);
});

afterAll(() => world.dispose());

const newEmail = () => `${randomUUID()}@example.com`;
const create = (draft: object = {}) => world.gateway.send(createUser, { email: newEmail(), ...draft }, boss.context);
const set = (token: string, password = PASSWORD) => world.gateway.send(setPassword, { token, password }, nobody());
const stored = async (userId: string) =>
  (await world.query<{ hashed_password: string }>('SELECT hashed_password FROM users WHERE id = $1', [userId]))[0]
    ?.hashed_password ?? '';

async function checks(): Promise<Record<string, number>> {
  const metrics = await world.apps[0]
    ?.get<Registry>(METRICS)
    .getSingleMetric('gatehouse_user_sync_password_checks_total')
    ?.get();
  return Object.fromEntries((metrics?.values ?? []).map(({ labels, value }) => [labels.against, value]));
}

describe('a local user', () => {
  it('is created by an admin and sets its password by a token that works once', async () => {
    const { user, passwordToken } = await create({ firstName: 'Ada', role: 'developer', tier: 'pro' });
    expect(user).toMatchObject({
      ...{ authProvider: 'local', clerkUserId: null, fullName: 'Ada', role: 'developer', subscription: 'pro' },
      ...{ emailVerified: false, isSynced: false, isActive: true },
    });
    expect(await set(passwordToken.token)).toEqual({ userId: user.id, propagation: null });
    await expect(set(passwordToken.token, 'another password')).rejects.toEqual(refusal('token_invalid'));
    expect(await stored(user.id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await logIn(world, user.email ?? '')).toMatchObject({ userId: user.id, role: 'developer', tier: 'pro' });
  });

  it('can be created neither by other users nor by a former admin', async () => {
    const ada = await member(world);
    const request = { email: newEmail() };
    await expect(world.gateway.send(createUser, request, ada.context)).rejects.toEqual(refusal('forbidden'));
    await expect(world.gateway.send(createUser, request, nobody())).rejects.toEqual(refusal('unauthenticated'));
    const risen = { ...ada.context, principal: { ...ada.principal, role: 'admin' as const } };
    await expect(world.gateway.send(createUser, request, risen)).rejects.toEqual(refusal('forbidden'));
    await expect(create({ email: 'no address' })).rejects.toEqual(refusal('invalid_request'));
    await expect(create({ firstName: 'a\u0000' })).rejects.toEqual(refusal('invalid_request'));
  });

  it('has an address of its own in any letter case, even when several are created concurrently', async () => {
    const ada = await member(world);
    const address = (ada.user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';
    await expect(create({ email: address.toUpperCase() })).rejects.toEqual(refusal('conflict'));
    const email = newEmail();
    const results = await Promise.allSettled([create({ email }), create({ email: email.toUpperCase() })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toEqual(refusal('conflict'));
  });

  it('gets a new token that invalidates the old one', async () => {
    const { user, passwordToken } = await create();
    const again = await world.gateway.send(issuePasswordToken, { userId: user.id }, boss.context);
    await expect(set(passwordToken.token)).rejects.toEqual(refusal('token_invalid'));
    expect(await set(again.passwordToken.token)).toEqual({ userId: user.id, propagation: null });
    const ada = await member(world);
    const ofClerk = { userId: ada.principal.userId };
    await expect(world.gateway.send(issuePasswordToken, ofClerk, boss.context)).rejects.toEqual(refusal('conflict'));
  });

  it('cannot set a password by an unknown or expired token, or set one that is too short', async () => {
    const { user, passwordToken } = await create();
    await expect(set('unknown')).rejects.toEqual(refusal('token_invalid'));
    await expect(set(passwordToken.token, 'short')).rejects.toEqual(refusal('invalid_request'));
    await world.query('UPDATE password_tokens SET expires_at = now() WHERE user_id = $1', [user.id]);
    await expect(set(passwordToken.token)).rejects.toEqual(refusal('token_invalid'));
    expect(await stored(user.id)).toBe('');
  });

  it('loses its sessions when a new password is set', async () => {
    const { userId, email } = await localUser(world, boss);
    const { session } = await logIn(world, email);
    const { passwordToken } = await world.gateway.send(issuePasswordToken, { userId }, boss.context);
    await set(passwordToken.token, 'quite another password');
    const looked = await world.gateway.send(resolveLegacySession, { sessionId: session.id, userId }, nobody());
    expect(looked.session).toMatchObject({ closed: true });
    await expect(logIn(world, email)).rejects.toEqual(refusal('invalid_credentials'));
    expect(await logIn(world, email, 'quite another password')).toMatchObject({ userId });
  });
});

describe('a login', () => {
  it('opens a session of the user, in any letter case of the address', async () => {
    const { userId, email } = await localUser(world, boss);
    const reply = await logIn(world, email.toUpperCase());
    expect(reply).toMatchObject({ userId, clerkUserId: null, isActive: true, user: { id: userId } });
    expect(reply.user.lastLoginAt).not.toBeNull();
    const [row] = await world.query<{ seconds: number; expires_at: Date }>(
      'SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds, expires_at FROM legacy_sessions WHERE id = $1',
      [reply.session.id],
    );
    expect(row).toEqual({ seconds: 3_600, expires_at: new Date(reply.session.expiresAt) });
  });

  it('is refused alike, after one hash, for a wrong password and for users without one', async () => {
    const { email } = await localUser(world, boss);
    const ada = await member(world);
    const ofClerk = (ada.user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';
    const { user: without } = await create();
    const gone = await localUser(world, boss);
    await world.query('UPDATE users SET deleted_at = now() WHERE id = $1', [gone.userId]);
    const attempts: [string, string][] = [
      [email, 'wrong password'],
      [newEmail(), PASSWORD],
      [ofClerk, PASSWORD],
      [without.email ?? '', PASSWORD],
      [gone.email, PASSWORD],
      ['a\u0000b', placeholderPassword],
      [without.email ?? '', placeholderPassword],
      ["' OR 1=1 --", PASSWORD],
    ];
    const before = await checks();
    const answers = new Set<string>();
    for (const [address, password] of attempts) {
      const error: unknown = await logIn(world, address, password).catch((refused: unknown) => refused);
      expect(error).toEqual(refusal('invalid_credentials'));
      answers.add((error as Error).message);
    }
    expect(answers.size).toBe(1);
    const after = await checks();
    expect((after.hash ?? 0) - (before.hash ?? 0)).toBe(1);
    expect((after.nothing ?? 0) - (before.nothing ?? 0)).toBe(attempts.length - 1);
  });

  it('finds no user by an address that only the locale of the database considers equal', async () => {
    const { email } = await localUser(world, boss);
    const dotted = `i${email}`;
    await world.query('UPDATE users SET email = $2 WHERE email = $1', [email, dotted]);
    // The precondition of this test: some locales lower-case this letter to i.
    const [{ same } = { same: false }] = await world.query<{ same: boolean }>("SELECT lower('\u0130') = 'i' AS same");
    expect(await logIn(world, dotted.toUpperCase())).toMatchObject({ isActive: true });
    const spelling = logIn(world, dotted.replace('i', '\u0130'));
    await expect(spelling).rejects.toEqual(refusal('invalid_credentials'));
    expect(same).toBe(true);
  });

  it('with the correct password of a deactivated user is forbidden until the user is activated', async () => {
    const { userId, email } = await localUser(world, boss);
    await world.gateway.send(deactivateUser, { userId }, boss.context);
    await expect(logIn(world, email)).rejects.toEqual(refusal('forbidden'));
    await expect(logIn(world, email, 'wrong password')).rejects.toEqual(refusal('invalid_credentials'));
    await world.gateway.send(activateUser, { userId }, boss.context);
    expect(await logIn(world, email)).toMatchObject({ isActive: true });
  });

  it.each(['clerk_banned', 'clerk_deprovisioned'])('is forbidden while %s is set', async (column) => {
    const { userId, email } = await localUser(world, boss);
    await world.query(`UPDATE users SET ${column} = true, clerk_locked = true WHERE id = $1`, [userId]);
    await expect(logIn(world, email)).rejects.toEqual(refusal('forbidden'));
    await world.query(`UPDATE users SET ${column} = false WHERE id = $1`, [userId]);
    expect(await logIn(world, email)).toMatchObject({ isActive: true });
  });

  it('replaces a hash that was made with other parameters', async () => {
    const { userId, email } = await localUser(world, boss);
    const weak = await hashPassword(PASSWORD, { memory: 1_024, passes: 1, parallelism: 1 });
    await world.query('UPDATE users SET hashed_password = $2 WHERE id = $1', [userId, weak]);
    await expect(logIn(world, email, 'wrong password')).rejects.toEqual(refusal('invalid_credentials'));
    expect(await stored(userId)).toBe(weak);
    await logIn(world, email);
    const strong = await stored(userId);
    expect(strong).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    await logIn(world, email);
    expect(await stored(userId)).toBe(strong);
  });

  it('is audited without the password and the address', async () => {
    const { userId, email } = await localUser(world, boss);
    await logIn(world, email);
    await logIn(world, email, 'wrong password').catch(() => undefined);
    const { items } = await world.gateway.send(listAudit, { userId }, boss.context);
    expect(items.map(({ action, outcome, reason }) => [action, outcome, reason])).toEqual([
      ['login.password', 'refused', 'invalid_credentials'],
      ['login.password', 'done', null],
      ['password.set', 'done', null],
      ['user.create', 'done', null],
    ]);
    expect(JSON.stringify(items)).not.toMatch(/battery|wrong password|Local\.example/i);
  });
});

describe('an admin', () => {
  it('can show a user, unlike other callers', async () => {
    const ada = await member(world);
    const request = { userId: ada.principal.userId };
    expect(await world.gateway.send(showUser, request, boss.context)).toMatchObject({ clerkUserId: ada.user.id });
    await expect(world.gateway.send(showUser, { userId: randomUUID() }, boss.context)).rejects.toEqual(
      refusal('not_found'),
    );
    for (const contract of [showUser, deactivateUser, activateUser]) {
      await expect(world.gateway.send(contract, request, ada.context)).rejects.toEqual(refusal('forbidden'));
    }
  });

  it('changes role, tier and activity, each with one trust change, and audits also what was so already', async () => {
    const ada = await member(world);
    const { userId } = ada.principal;
    const propagation = { gateways: 0, number: expect.any(Number) };
    const role = { userId, role: 'developer' } as const;
    expect(await world.gateway.send(setUserRole, role, boss.context)).toMatchObject({
      user: { role: 'developer' },
      propagation,
    });
    const tier = { userId, tier: 'premium' as 'pro' };
    expect(await world.gateway.send(setUserTier, tier, boss.context)).toMatchObject({
      user: { subscription: 'pro' },
      propagation,
    });
    expect(await world.gateway.send(deactivateUser, { userId }, boss.context)).toMatchObject({
      user: { isActive: false },
      propagation,
    });
    for (const [contract, request] of [
      [setUserRole, role],
      [setUserTier, tier],
      [deactivateUser, { userId }],
    ] as const) {
      expect(await world.gateway.send(contract, request as never, boss.context)).toMatchObject({ propagation: null });
    }
    const { items } = await world.gateway.send(listAudit, { userId, outcome: 'done' }, boss.context);
    expect(items.map(({ action, details }) => [action, details])).toEqual([
      ['user.deactivate', { unchanged: true }],
      ['user.tier', { before: 'pro', after: 'pro', unchanged: true }],
      ['user.role', { before: 'developer', after: 'developer', unchanged: true }],
      ['user.deactivate', {}],
      ['user.tier', { before: 'free', after: 'pro' }],
      ['user.role', { before: 'user', after: 'developer' }],
    ]);
  });

  it('can neither deactivate nor demote itself, nor change a deleted user', async () => {
    const own = { userId: boss.principal.userId };
    await expect(world.gateway.send(deactivateUser, own, boss.context)).rejects.toEqual(refusal('conflict'));
    const role = { ...own, role: 'user' } as const;
    await expect(world.gateway.send(setUserRole, role, boss.context)).rejects.toEqual(refusal('conflict'));
    const ada = await member(world);
    await world.deliver(deletion(ada.user.id));
    const gone = { userId: ada.principal.userId };
    await expect(world.gateway.send(activateUser, gone, boss.context)).rejects.toEqual(refusal('conflict'));
  });
});
