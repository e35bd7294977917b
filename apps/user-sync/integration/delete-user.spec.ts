import { randomUUID } from 'node:crypto';
import {
  createKey,
  createUser,
  deleteUser,
  issuePasswordToken,
  listAudit,
  setUserRole,
  showUser,
  usersMessageSchema,
  usersStream,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { type JetStreamManager } from '@nats-io/jetstream';
import { type Member, admin, localUser, logIn, member, nobody, principalOf, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let operator: JetStreamManager;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  operator = await world.administrator();
  await world.boot({ RECONCILE_INTERVAL_MS: '0' }, { userStreamPoll: 50 });
  boss = await admin(world);
});

afterAll(() => world?.dispose());

const remove = (userId: string, by = boss) => world.gateway.send(deleteUser, { userId }, by.context);

describe('the deletion of a local user by an admin', () => {
  it('erases the personal data, and keeps the row and its id', async () => {
    const { userId, email } = await localUser(world, boss);
    await world.query(
      `UPDATE users SET first_name = 'Ada', bio = 'secret', phone_number = '+4915199999999', stripe_customer_id = 'cus_x',
         social_links = '{"x": "ada"}' WHERE id = $1`,
      [userId],
    );
    const { user, propagation } = await remove(email);
    expect(propagation).toMatchObject({ number: expect.any(Number) });
    expect(user).toMatchObject({ id: userId, email: null, firstName: null, fullName: 'Deleted user', isActive: false });
    expect(user.deletedAt).not.toBeNull();
    const [row] = await world.query<{ text: string }>('SELECT u::text AS text FROM users u WHERE id = $1', [userId]);
    expect(row?.text).not.toMatch(/secret|Local\.example|49151|cus_x|argon2/i);
    await expect(world.gateway.send(showUser, { userId: email }, boss.context)).rejects.toEqual(refusal('not_found'));
  });

  it('ends password, sessions, API keys and set-password tokens, with one trust change of the user', async () => {
    const { userId, email } = await localUser(world, boss);
    const { session } = await logIn(world, email);
    const principal = principalOf({ userId, clerkUserId: null, role: 'user', tier: 'free' }, session.id);
    const context = { principal: { ...principal, method: 'legacy_jwt' as const }, requestId: randomUUID() };
    await world.gateway.send(createKey, { name: 'ci', scopes: ['profile:read'] }, context);
    await world.gateway.send(issuePasswordToken, { userId }, boss.context);
    const { propagation } = await remove(userId);
    await expect(logIn(world, email)).rejects.toEqual(refusal('invalid_credentials'));
    const changes = await world.query<{ kind: string; reason: string }>(
      `SELECT kind, reason FROM changes WHERE user_id = $1 AND reason = 'deleted' ORDER BY kind`,
      [userId],
    );
    expect(changes).toEqual([
      { kind: 'legacy_session', reason: 'deleted' },
      { kind: 'user', reason: 'deleted' },
    ]);
    expect(propagation).not.toBeNull();
    const left = await world.query(
      `SELECT 1 FROM legacy_sessions WHERE user_id = $1 AND closed_at IS NULL
       UNION ALL SELECT 1 FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL
       UNION ALL SELECT 1 FROM password_tokens WHERE user_id = $1`,
      [userId],
    );
    expect(left).toEqual([]);
  });

  it('is published as a deletion, by which user-data and others erase their copies', async () => {
    const { userId } = await localUser(world, boss);
    const { user } = await remove(userId);
    await eventually(async () => {
      const last = await operator.streams.getMessage(usersStream.name, { last_by_subj: `users.changed.${userId}` });
      expect(last === null ? null : usersMessageSchema.parse(last.json())).toMatchObject({
        ...{ kind: 'deleted', version: user.version, user: { id: userId } },
      });
    });
  });

  it('frees the e-mail address for another local user', async () => {
    const { userId, email } = await localUser(world, boss);
    await remove(userId);
    const { user } = await world.gateway.send(createUser, { email }, boss.context);
    expect(user.id).not.toBe(userId);
  });

  it('can be repeated with our id, and then changes and audits nothing', async () => {
    const { userId } = await localUser(world, boss);
    const first = await remove(userId);
    const second = await remove(userId);
    expect(second).toEqual({ user: first.user, propagation: null });
    const { items } = await world.gateway.send(listAudit, { userId, action: 'user.delete' }, boss.context);
    expect(items).toMatchObject([{ outcome: 'done', actorUserId: boss.principal.userId, userId }]);
  });

  it('settles the conflicts over addresses of the user', async () => {
    const { userId } = await localUser(world, boss);
    await world.query(
      `INSERT INTO user_conflicts (kind, claimant, holder, reason) VALUES ('email', $1, 'user_1', 'both show it')`,
      [userId],
    );
    await remove(userId);
    expect(await world.query('SELECT 1 FROM user_conflicts WHERE resolved_at IS NULL')).toEqual([]);
  });

  it('is refused for a Clerk user, with the advice to delete it at Clerk', async () => {
    const { principal } = await member(world);
    for (const ref of [principal.userId, principal.clerkUserId ?? '']) {
      await expect(remove(ref)).rejects.toMatchObject({
        ...{ reason: 'conflict', message: expect.stringContaining('Delete it at Clerk') },
      });
    }
    expect(await world.gateway.send(showUser, { userId: principal.userId }, boss.context)).toMatchObject({
      ...{ deletedAt: null, isActive: true },
    });
  });

  it('is refused for oneself, for an unknown user, and by anybody but an admin', async () => {
    const { userId } = await localUser(world, boss);
    await world.gateway.send(setUserRole, { userId, role: 'admin' }, boss.context);
    const principal = principalOf({ userId, clerkUserId: null, role: 'admin', tier: 'free' }, randomUUID());
    const own = { ...boss, principal, context: { principal, requestId: randomUUID() } };
    await expect(remove(userId, own)).rejects.toEqual(refusal('conflict'));
    await expect(remove(randomUUID())).rejects.toEqual(refusal('not_found'));
    await expect(remove(userId, await member(world))).rejects.toEqual(refusal('forbidden'));
    const asNobody = world.gateway.send(deleteUser, { userId }, nobody());
    await expect(asNobody).rejects.toEqual(refusal('unauthenticated'));
  });
});
