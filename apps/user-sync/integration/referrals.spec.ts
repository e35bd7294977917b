import { randomUUID } from 'node:crypto';
import {
  type RequestOf,
  createUser,
  deactivateUser,
  exchangePhoneLogin,
  getReferral,
  listAudit,
  listReferrals,
  showUser,
  useReferralCode,
} from '@gatehouse/contracts';
import { fixture, json } from './clerk-api';
import { clerkUser, deletion, newClerkId, userEvent } from './clerk-events';
import { type Member, admin, member, newSessionId, nobody, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ REFERRAL_CODE_PREFIX: 'SH0P' });
  boss = await admin(world);
});

afterAll(() => world.dispose());

const show = ({ context }: Member) => world.gateway.send(getReferral, {}, context);
const use = ({ context }: Member, code: string) => world.gateway.send(useReferralCode, { code }, context);
const codeOf = async (who: Member) => (await show(who)).code;
const rowOf = async (who: Member) => {
  const rows = await world.query<{ referred_by: string | null; referred_at: Date | null }>(
    'SELECT referred_by, referred_at FROM users WHERE id = $1',
    [who.principal.userId],
  );
  return rows[0];
};
const auditOf = async ({ principal: { userId } }: Member) =>
  (await world.gateway.send(listAudit, { userId, action: 'referral.use' }, boss.context)).items;
const ages = async ({ principal }: Member, columns: string) =>
  world.query(`UPDATE users SET ${columns} WHERE id = $1`, [principal.userId]);

describe('a referral code', () => {
  it('has the configured prefix, and is used in any spelling, once', async () => {
    const [ada, bob, eve] = [await member(world), await member(world), await member(world)];
    const code = await codeOf(ada);
    expect(code).toMatch(/^SH0P-[0-9A-HJKMNP-TV-Z]{9}$/);
    expect(await show(bob)).toMatchObject({ referredUsers: 0, used: null, canUseCode: true });
    const used = await use(bob, ` ${code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replace('-', ' ')} `);
    expect(used).toMatchObject({ used: { code, at: expect.any(String) }, canUseCode: false, usableUntil: null });
    expect(await use(bob, code)).toEqual(used);
    expect(await show(ada)).toMatchObject({ referredUsers: 1 });
    expect(await rowOf(bob)).toMatchObject({ referred_by: ada.principal.userId });
    expect(await auditOf(bob)).toMatchObject([{ subject: ada.principal.userId, actorUserId: bob.principal.userId }]);
    await expect(use(bob, await codeOf(eve))).rejects.toEqual(refusal('referral_used'));
    await expect(use(bob, 'SH0P-000000000')).rejects.toEqual(refusal('referral_used'));
    expect(await rowOf(bob)).toMatchObject({ referred_by: ada.principal.userId });
  });

  it('is found without its prefix, or as it is when it was made elsewhere', async () => {
    const [ada, bob, eve] = [await member(world), await member(world), await member(world)];
    expect(await use(bob, (await codeOf(ada)).slice(-9))).toMatchObject({ used: { code: await codeOf(ada) } });
    await ages(ada, `referral_code = 'BP-KAL89HJK2'`);
    expect(await use(eve, 'bp-kal89hjk2')).toMatchObject({ used: { code: 'BP-KAL89HJK2' } });
  });

  it.each(['SH0P-000000000', 'x', "' OR 1=1 --", '💥'])('is rejected as unknown: %j', async (code) => {
    await expect(use(await member(world), code)).rejects.toEqual(refusal('referral_code_unknown'));
  });

  it('of an inactive, banned or deleted user is rejected as unknown', async () => {
    const bob = await member(world);
    const off = await member(world);
    const code = await codeOf(off);
    await world.gateway.send(deactivateUser, { userId: off.principal.userId }, boss.context);
    const gone = await member(world);
    const codeOfGone = await codeOf(gone);
    await world.deliver(deletion(gone.user.id));
    const banned = await member(world);
    const codeOfBanned = await codeOf(banned);
    await world.deliver(
      userEvent('user.updated', { ...banned.user, updated_at: banned.user.updated_at + 1, banned: true }),
    );
    for (const each of [code, codeOfGone, codeOfBanned]) {
      await expect(use(bob, each)).rejects.toEqual(refusal('referral_code_unknown'));
    }
    expect(await rowOf(bob)).toEqual({ referred_by: null, referred_at: null });
  });

  it('is rejected if it is the own one, or if its owner has used that of the user', async () => {
    const [ada, bob] = [await member(world), await member(world)];
    await expect(use(ada, await codeOf(ada))).rejects.toEqual(refusal('referral_own_code'));
    await use(bob, await codeOf(ada));
    await expect(use(ada, await codeOf(bob))).rejects.toEqual(refusal('referral_mutual'));
  });

  it('can be used within 24 hours of the first login, whenever the user was created', async () => {
    const code = await codeOf(await member(world));
    const day = `interval '24 hours'`;
    const second = `interval '1 minute'`;
    const late = [
      `first_login_at = now() - ${day} - ${second}`,
      `first_login_at = NULL, created_at = now() - ${day} - ${second}`,
    ];
    for (const columns of late) {
      const bob = await member(world);
      await ages(bob, 'last_login_at = now()');
      await ages(bob, columns);
      expect(await show(bob)).toMatchObject({ canUseCode: false, usableUntil: null });
      await expect(use(bob, code)).rejects.toEqual(refusal('referral_too_late'));
    }
    const inTime = [
      `created_at = now() - interval '1 year', last_login_at = now(), first_login_at = now() - ${day} + ${second}`,
      `created_at = now() - interval '1 year', last_login_at = NULL, first_login_at = NULL`,
    ];
    for (const columns of inTime) {
      const bob = await member(world);
      await ages(bob, columns);
      expect(await show(bob)).toMatchObject({ canUseCode: true });
      expect(await use(bob, code)).toMatchObject({ used: { code } });
    }
  });

  it('is recorded once for ten concurrent requests with ten codes', async () => {
    const bob = await member(world);
    const owners = await Promise.all(Array.from({ length: 10 }, () => member(world)));
    const codes = await Promise.all(owners.map(codeOf));
    const results = await Promise.allSettled(codes.map((code) => use(bob, code)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toEqual(refusal('referral_used'));
    }
    expect(await auditOf(bob)).toHaveLength(1);
  });

  it('never refers two users to each other, even if they use their codes at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, bob] = [await member(world), await member(world)];
      const [ofAda, ofBob] = [await codeOf(ada), await codeOf(bob)];
      const results = await Promise.allSettled([use(ada, ofBob), use(bob, ofAda)]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const rows = [await rowOf(ada), await rowOf(bob)];
      expect(rows.filter((row) => row?.referred_by !== null)).toHaveLength(1);
    }
  });

  it('can be used by ten users at once', async () => {
    const ada = await member(world);
    const code = await codeOf(ada);
    const users = await Promise.all(Array.from({ length: 10 }, () => member(world)));
    await Promise.all(users.map((each) => use(each, code)));
    expect(await show(ada)).toMatchObject({ referredUsers: 10 });
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const asked = { userId: ada.user.id, limit: 4, ...(cursor !== undefined && { cursor }) };
      const page = await world.gateway.send(listReferrals, asked, boss.context);
      seen.push(...page.items.map(({ userId }) => userId));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(users.map(({ principal }) => principal.userId).sort());
    const [first] = users;
    expect(await world.gateway.send(showUser, { userId: first?.principal.userId ?? '' }, boss.context)).toMatchObject({
      referredBy: ada.principal.userId,
      referredAt: expect.any(String),
    });
  });

  it('is shown to its user alone, and the list of referrals to admins alone', async () => {
    const ada = await member(world);
    await expect(world.gateway.send(getReferral, {}, nobody())).rejects.toEqual(refusal('unauthenticated'));
    await expect(world.gateway.send(listReferrals, { userId: ada.principal.userId }, ada.context)).rejects.toEqual(
      refusal('forbidden'),
    );
  });
});

describe('a new referral code that is already in use', () => {
  /** Makes the next insert of a user fail with a code that is in use. */
  async function collideOnce(): Promise<() => Promise<unknown>> {
    const [taken] = await world.query<{ referral_code: string }>('SELECT referral_code FROM users LIMIT 1');
    await world.query('CREATE SEQUENCE tries');
    await world.query('GRANT USAGE ON SEQUENCE tries TO public');
    await world.query(
      `CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF nextval('tries') = 1 THEN NEW.referral_code := '${taken?.referral_code}'; END IF;
           RETURN NEW;
         END
       $$`,
    );
    await world.query('CREATE TRIGGER collide BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION collide()');
    return () => world.query('DROP TRIGGER collide ON users; DROP FUNCTION collide(); DROP SEQUENCE tries');
  }

  it('is replaced by another when an event, a first login or an admin creates the user', async () => {
    const email = `${randomUUID()}@local.example.com`;
    const event = clerkUser(newClerkId());
    const creations: (() => Promise<unknown>)[] = [
      () => world.deliver(userEvent('user.created', event)),
      () => member(world),
      () => world.gateway.send(createUser, { email }, boss.context),
    ];
    for (const create of creations) {
      const stop = await collideOnce();
      await create();
      const [tries] = await world.query<{ last_value: string }>('SELECT last_value FROM tries');
      await stop();
      expect(Number(tries?.last_value)).toBeGreaterThan(1);
    }
    expect(await world.user(event.id)).toMatchObject({ referral_code: expect.stringMatching(/^SH0P-/) });
    expect(await world.query('SELECT FROM users WHERE email = $1', [email])).toHaveLength(1);
  });
});

describe('a referral code at a phone login', () => {
  type Body = RequestOf<typeof exchangePhoneLogin>['body'];
  let numbers = 8_000_000_000;

  function signedIn() {
    const id = newClerkId();
    const sample = clerkUser(id);
    const [number] = sample.phone_numbers as Record<string, unknown>[];
    const user = { ...sample, phone_numbers: [{ ...number, phone_number: `+91${(numbers += 1)}` }] };
    const sessionId = newSessionId();
    const { data } = fixture<{ data: Record<string, unknown> }>('session.created');
    world.clerk.answer(id, json(200, user));
    world.clerk.answer(sessionId, json(200, { ...data, id: sessionId, user_id: id, user: null, status: 'active' }));
    return { id: randomUUID(), clerkUserId: id, sessionId, expiresAt: Date.now() + 60_000 };
  }

  const exchange = (token: ReturnType<typeof signedIn>, body: Body) =>
    world.gateway.send(exchangePhoneLogin, { token, body, sessionTtlMs: 3_600_000 }, nobody());

  it('is recorded at sign-up, with the profile, and again for a repeated exchange', async () => {
    const ada = await member(world);
    const token = signedIn();
    const body = { referralCode: (await codeOf(ada)).toLowerCase(), shopName: 'Asha Prints', city: '', state: null };
    const first = await exchange(token, body);
    expect(first).toMatchObject({
      ...{ isNewUser: true, referral: { state: 'recorded', reason: null } },
      user: { shopName: 'Asha Prints', city: null, state: null },
    });
    expect(await exchange(token, body as Body)).toMatchObject({ referral: { state: 'recorded', reason: null } });
    const [row] = await world.query('SELECT referred_by, first_login_at, last_login_at FROM users WHERE id = $1', [
      first.userId,
    ]);
    expect(row).toMatchObject({ referred_by: ada.principal.userId, first_login_at: expect.any(Date) });
    const { items } = await world.gateway.send(
      listAudit,
      { userId: first.userId, action: 'referral.use' },
      boss.context,
    );
    expect(items).toMatchObject([
      { actorUserId: first.userId, subject: ada.principal.userId, credentialId: token.sessionId },
    ]);
  });

  it.each([
    ['unknown', 'referral_code_unknown', () => Promise.resolve('SH0P-000000000')],
    ['much too long', 'referral_code_unknown', () => Promise.resolve('x'.repeat(900))],
  ])('that is %s does not prevent the login', async (_, reason, code) => {
    const reply = await exchange(signedIn(), { referralCode: await code() });
    expect(reply).toMatchObject({ isActive: true, referral: { state: 'rejected', reason } });
  });

  it('of the user itself, or after a day, does not prevent the login', async () => {
    const token = signedIn();
    const { user, userId, referral } = await exchange(token, {});
    expect(referral).toBeNull();
    const again = (referralCode: string) => exchange({ ...token, id: randomUUID() }, { referralCode });
    expect(await again(user.referralCode ?? '')).toMatchObject({ referral: { reason: 'referral_own_code' } });
    await world.query(`UPDATE users SET first_login_at = now() - interval '25 hours' WHERE id = $1`, [userId]);
    const late = await again(await codeOf(await member(world)));
    expect(late).toMatchObject({ isNewUser: false, referral: { state: 'rejected', reason: 'referral_too_late' } });
  });
});
