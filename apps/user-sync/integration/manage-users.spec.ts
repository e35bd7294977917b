import { randomUUID } from 'node:crypto';
import {
  activateUser,
  createUser,
  deactivateUser,
  explainUser,
  findUser,
  issuePasswordToken,
  listAudit,
  listKeys,
  retryWriteBacks,
  setUserRole,
  setUserTier,
  showUser,
  syncUser,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { newClerkId, userEvent } from './clerk-events';
import { type Member, admin, localUser, member, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ RECONCILE_INTERVAL_MS: '0' });
  boss = await admin(world);
});

afterAll(() => world?.dispose());

const emailOf = async (userId: string) =>
  (await world.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [userId]))[0]?.email ?? '';

let phones = 0;

/** Gives a user a verified phone number that no other user has. */
async function givePhone(userId: string): Promise<string> {
  const phone = `+49151${String((phones += 1)).padStart(8, '0')}`;
  await world.query('UPDATE users SET phone_number = $2, phone_verified = true WHERE id = $1', [userId, phone]);
  return phone;
}

describe('a user reference', () => {
  it('finds a user by id or e-mail address in any letter case, by Clerk id, and by phone number', async () => {
    const { principal } = await member(world);
    const email = await emailOf(principal.userId);
    const phone = await givePhone(principal.userId);
    const names = [principal.userId.toUpperCase(), principal.clerkUserId ?? '', email.toUpperCase(), phone];
    for (const userId of names) {
      const { gateway } = world;
      const { context } = boss;
      expect((await gateway.send(showUser, { userId }, context)).id).toBe(principal.userId);
      expect((await gateway.send(setUserTier, { userId, tier: 'pro' }, context)).user.id).toBe(principal.userId);
      expect((await gateway.send(setUserRole, { userId, role: 'developer' }, context)).user.id).toBe(principal.userId);
      expect((await gateway.send(deactivateUser, { userId }, context)).user.isActive).toBe(false);
      expect((await gateway.send(activateUser, { userId }, context)).user.isActive).toBe(true);
      expect((await gateway.send(explainUser, { id: userId }, context)).userId).toBe(principal.userId);
      expect((await gateway.send(syncUser, { id: userId }, context)).user?.id).toBe(principal.userId);
      expect(await gateway.send(findUser, { user: userId }, context)).toEqual({
        ...{ userId: principal.userId, clerkUserId: principal.clerkUserId, tier: 'pro' },
      });
      const { items } = await gateway.send(listAudit, { userId, action: 'user.tier' }, context);
      expect(new Set(items.map((entry) => entry.userId))).toEqual(new Set([principal.userId]));
      expect(await gateway.send(listKeys, { userId }, context)).toEqual({ items: [], nextCursor: null });
      expect(await gateway.send(retryWriteBacks, { userIds: [userId] }, context)).toEqual({ retried: 0 });
    }
  });

  it('finds a local user by e-mail address', async () => {
    const { userId, email } = await localUser(world, boss);
    expect(await world.gateway.send(findUser, { user: email }, boss.context)).toEqual({
      ...{ userId, clerkUserId: null, tier: 'free' },
    });
    const token = await world.gateway.send(issuePasswordToken, { userId: email.toLowerCase() }, boss.context);
    expect(token.passwordToken.token).toBeTruthy();
  });

  it('is an e-mail address, not a phone number, when it begins with + and has an @', async () => {
    const { userId } = await localUser(world, boss);
    await world.query('UPDATE users SET email = $2 WHERE id = $1', [userId, '+ada@example.com']);
    expect((await world.gateway.send(showUser, { userId: '+ada@example.com' }, boss.context)).id).toBe(userId);
  });

  it.each([
    ['id', randomUUID()],
    ['Clerk id', newClerkId()],
    ['address', 'nobody@example.com'],
    ['number', '+4915100000000'],
  ])('is not found when no user has the %s', async (_kind, ref) => {
    const { gateway } = world;
    await expect(gateway.send(showUser, { userId: ref }, boss.context)).rejects.toEqual(refusal('not_found'));
    await expect(gateway.send(explainUser, { id: ref }, boss.context)).rejects.toEqual(refusal('not_found'));
    await expect(gateway.send(listAudit, { userId: ref }, boss.context)).rejects.toEqual(refusal('not_found'));
  });

  it.each([
    '',
    'user_',
    'USER_1',
    'a b@example.com',
    '@',
    'a\u0000@example.com',
    '123',
    '+',
    '+0491511234567',
    ' 4915112345678',
  ])('is rejected when it is neither an id nor an address: %j', async (ref) => {
    const shown = world.gateway.send(showUser, { userId: ref }, boss.context);
    await expect(shown).rejects.toEqual(refusal('invalid_request'));
  });

  it('is refused as ambiguous, with the ids, when several live users have the address', async () => {
    const { principal } = await member(world);
    const { userId } = await localUser(world, boss);
    const email = await emailOf(principal.userId);
    await world.query('UPDATE users SET email = $2, email_verified = false WHERE id = $1', [userId, email]);
    const shown = world.gateway.send(showUser, { userId: email }, boss.context);
    await expect(shown).rejects.toMatchObject({
      reason: 'user_ambiguous',
      message: expect.stringMatching(new RegExp(`(?=.*${principal.userId} \\(verified\\))(?=.*${userId}(,|$))`)),
    });
    // Deleted users do not count.
    await world.query('UPDATE users SET deleted_at = now() WHERE id = $1', [userId]);
    const found = await world.gateway.send(showUser, { userId: email }, boss.context);
    expect(found.id).toBe(principal.userId);
  });

  it('is refused as ambiguous when several live users have the phone number', async () => {
    const [one, other] = [await member(world), await localUser(world, boss)];
    const phone = await givePhone(one.principal.userId);
    await world.query('UPDATE users SET phone_number = $2 WHERE id = $1', [other.userId, phone]);
    const found = world.gateway.send(findUser, { user: phone }, boss.context);
    await expect(found).rejects.toMatchObject({
      reason: 'user_ambiguous',
      message: expect.stringMatching(
        new RegExp(`phone number(?=.*${one.principal.userId} \\(verified\\))(?=.*${other.userId}(,|$))`),
      ),
    });
    // Deleted users do not count.
    await world.query('UPDATE users SET deleted_at = now() WHERE id = $1', [other.userId]);
    const { userId } = await world.gateway.send(findUser, { user: phone }, boss.context);
    expect(userId).toBe(one.principal.userId);
  });

  it('cannot grant a role by an unverified phone number', async () => {
    const { principal } = await member(world);
    const phone = await givePhone(principal.userId);
    await world.query('UPDATE users SET phone_verified = false WHERE id = $1', [principal.userId]);
    const given = world.gateway.send(setUserRole, { userId: phone, role: 'admin' }, boss.context);
    await expect(given).rejects.toMatchObject({
      ...{ reason: 'conflict', message: expect.stringContaining('phone number') },
    });
    expect((await world.gateway.send(showUser, { userId: phone }, boss.context)).role).toBe('user');
  });

  it('cannot grant a role by an unverified address, which any Clerk user can add', async () => {
    const { principal } = await member(world);
    const { gateway } = world;
    const [userId, email] = [principal.userId, await emailOf(principal.userId)];
    await world.query('UPDATE users SET email_verified = false WHERE id = $1', [userId]);
    for (const role of ['developer', 'admin'] as const) {
      const given = gateway.send(setUserRole, { userId: email, role }, boss.context);
      await expect(given).rejects.toMatchObject({ reason: 'conflict', message: expect.stringContaining('Use the id') });
    }
    expect((await gateway.send(showUser, { userId: email }, boss.context)).role).toBe('user');
    expect((await gateway.send(setUserRole, { userId, role: 'developer' }, boss.context)).user.role).toBe('developer');
    expect((await gateway.send(setUserRole, { userId: email, role: 'user' }, boss.context)).user.role).toBe('user');
  });

  it('is resolved only for admins: other callers do not learn whether the user exists', async () => {
    const { principal, context } = await member(world);
    const { gateway } = world;
    await expect(gateway.send(findUser, { user: principal.userId }, context)).rejects.toEqual(refusal('forbidden'));
    for (const userId of [boss.principal.userId, 'nobody@example.com']) {
      await expect(gateway.send(listKeys, { userId }, context)).rejects.toEqual(refusal('forbidden'));
    }
    const own = { userId: principal.userId.toUpperCase() };
    expect(await gateway.send(listKeys, own, context)).toMatchObject({ items: [] });
  });
});

describe('admins', () => {
  /** Demotes all other admins. */
  async function onlyAdmins(count: number): Promise<Member[]> {
    const admins = await Promise.all(Array.from({ length: count }, () => admin(world)));
    const ids = admins.map(({ principal }) => principal.userId);
    await world.query(`UPDATE users SET role = 'user' WHERE role = 'admin' AND NOT id = ANY($1)`, [ids]);
    return admins;
  }

  const remaining = () =>
    world.query<{ id: string }>(`SELECT id FROM users WHERE role = 'admin' AND is_active AND deleted_at IS NULL`);

  it('cannot demote or deactivate themselves by any reference', async () => {
    const { principal, context } = await admin(world);
    const email = await emailOf(principal.userId);
    for (const userId of [principal.userId, principal.userId.toUpperCase(), principal.clerkUserId ?? '', email]) {
      const demoted = world.gateway.send(setUserRole, { userId, role: 'user' }, context);
      await expect(demoted).rejects.toEqual(refusal('conflict'));
      await expect(world.gateway.send(deactivateUser, { userId }, context)).rejects.toEqual(refusal('conflict'));
    }
    expect(await world.gateway.send(showUser, { userId: email }, context)).toMatchObject({ role: 'admin' });
  });

  it.each([
    ['demote', (of: Member, by: Member) => setRole(of, by)],
    ['deactivate', (of: Member, by: Member) => deactivate(of, by)],
  ] as const)('who %s each other at the same time leave exactly one', async (_verb, act) => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, bob] = (await onlyAdmins(2)) as [Member, Member];
      const answers = await Promise.allSettled([act(bob, ada), act(ada, bob)]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await remaining()).toHaveLength(1);
    }
    boss = await admin(world);
  });

  it('keep a last active one when Clerk bans the acting admin meanwhile', async () => {
    const [ada, bob] = (await onlyAdmins(2)) as [Member, Member];
    const clerk = new Client({ connectionString: world.database.adminUrl });
    await clerk.connect();
    try {
      await clerk.query('BEGIN');
      await clerk.query('UPDATE users SET clerk_banned = true WHERE id = $1', [ada.principal.userId]);
      const demotion = setRole(bob, ada);
      demotion.catch(() => undefined);
      await eventually(async () => (await world.lockWaits()) > 0);
      await clerk.query('COMMIT');
      await expect(demotion).rejects.toEqual(refusal('last_admin'));
    } finally {
      await clerk.end();
    }
    expect(await remaining()).toEqual(expect.arrayContaining([{ id: bob.principal.userId }]));
    boss = await admin(world);
  });

  const setRole = (of: Member, by: Member) =>
    world.gateway.send(setUserRole, { userId: of.principal.userId, role: 'user' }, by.context);
  const deactivate = (of: Member, by: Member) =>
    world.gateway.send(deactivateUser, { userId: of.principal.userId }, by.context);

  it('are counted, even when Clerk bans the last one', async () => {
    const [ada] = (await onlyAdmins(1)) as [Member];
    const counted = async () =>
      /^gatehouse_user_sync_active_admins (\d+)$/m.exec(await world.operations('/metrics'))?.[1];
    await eventually(async () => expect(await counted()).toBe('1'));
    await world.deliver(userEvent('user.updated', { ...ada.user, banned: true, updated_at: ada.user.updated_at + 1 }));
    await eventually(async () => expect(await counted()).toBe('0'));
    boss = await admin(world);
  });

  it('can create a local user and set its role by its address', async () => {
    const email = `${randomUUID()}@local.example.com`;
    await world.gateway.send(createUser, { email }, boss.context);
    const { user } = await world.gateway.send(setUserRole, { userId: email, role: 'admin' }, boss.context);
    expect(user).toMatchObject({ email, role: 'admin' });
  });
});
