import { randomUUID } from 'node:crypto';
import { type RequestOf, listUsers, searchUsers, setStripeCustomer, setUserTier, showUser } from '@gatehouse/contracts';
import { searchedNames } from '../src/users/list-users/user-search';
import { deletion } from './clerk-events';
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

type Filters = RequestOf<typeof searchUsers>;

const search = (filters: Filters) => world.gateway.send(searchUsers, filters, boss.context);
const idsOf = async (filters: Filters) => (await search(filters)).items.map(({ id }) => id);
const found = async (filters: Filters) => (await idsOf(filters)).sort();

/** A user with these values in its columns. */
async function userWith(columns: Readonly<Record<string, unknown>>): Promise<string> {
  const { principal } = await member(world);
  for (const [column, value] of Object.entries(columns)) {
    await world.query(`UPDATE users SET ${column} = $2 WHERE id = $1`, [principal.userId, value]);
  }
  return principal.userId;
}

describe('a search for users', () => {
  let ada: string;
  let oda: string;
  const clerkUserId = 'user_SearchForMe';

  beforeAll(async () => {
    ada = await userWith({
      ...{
        clerk_user_id: clerkUserId,
        full_name: 'Ada Müller-Lovelace',
        username: 'countess_1',
        owner_name: 'A. King',
      },
      ...{ shop_name: '100% Engines', email: 'Ada.L@Engines.example', phone_number: '+4915112345678' },
      ...{ stripe_customer_id: 'cus_SearchForMe', subscription: 'enterprise' },
    });
    oda = await userWith({
      ...{ full_name: 'Oda Li', email: 'oda@lovelace.example', phone_number: '+4915112340000', is_active: false },
    });
  });

  it.each([
    ['our id', () => ada.toUpperCase()],
    ['Clerk id', () => clerkUserId],
    ['Stripe customer id', () => 'cus_SearchForMe'],
    ['phone number', () => '+49 (151) 1234-5678'],
    ['phone number whose + was read as a blank', () => ' 4915112345678'],
    ['national phone number', () => '0151 12345678'],
    ['last digits of the phone number', () => '345678'],
    ['e-mail address in any letter case', () => 'ADA.L@engines.EXAMPLE'],
    ['beginning of the e-mail address', () => 'ada.l@eng'],
    ['part of a name', () => 'ovela'],
    ['part of a name with letters beyond ASCII', () => 'MÜLLER'],
    ['words in any order', () => 'lovelace ada'],
    ['username', () => 'countess_1'],
    ['owner name', () => 'King'],
    ['shop name with a wildcard of SQL', () => '100% eng'],
  ])('finds a user by %s', async (_kind, text) => {
    expect(await found({ q: text() })).toEqual([ada]);
  });

  it.each(['countess%1', 'countess-1', 'ng ada lov', 'da.l@engines.example', 'cus_searchforme', '+49151', '99345678'])(
    'does not find it by %j',
    async (q) => {
      expect(await found({ q })).toEqual([]);
    },
  );

  it('finds short words at the beginning of a name, and e-mail addresses that begin with them', async () => {
    expect(await found({ q: 'li' })).toEqual([oda]);
    expect(await found({ name: 'li' })).toEqual([oda]);
    expect(await found({ name: 'i' })).not.toContain(oda);
  });

  it('returns users who match all filters', async () => {
    expect(await found({ q: 'da', phone: '1511234', name: 'xyz' })).toEqual([]);
    expect(await found({ phone: '40000' })).toEqual([oda]);
    expect(await found({ name: 'love', tier: 'enterprise', active: true })).toEqual([ada]);
    expect(await found({ q: 'oda', name: 'oda', active: true })).toEqual([]);
    expect(await found({ q: 'oda', name: 'oda', active: false })).toEqual([oda]);
    expect(await found({ id: ada, tier: 'free' })).toEqual([]);
    expect(await found({ clerkUserId, email: 'ada.l@engines.example', role: 'user', deleted: false })).toEqual([ada]);
    expect(await found({ q: 'love', role: 'admin' })).toEqual([]);
  });

  it('finds nobody by what a deleted user was called', async () => {
    const { user, principal } = await member(world, { first_name: 'Ephemera', last_name: 'Vanishing' });
    expect(await found({ q: 'ephemera' })).toEqual([principal.userId]);
    await world.deliver(deletion(user.id));
    expect(await found({ q: 'ephemera' })).toEqual([]);
    expect(await found({ id: principal.userId })).toEqual([principal.userId]);
  });

  it.each([{ q: '' }, { q: ' -- ' }, { name: '%' }, { phone: '123' }, { phone: 'ada' }, { id: 'ada' }, { nam: 'ada' }])(
    'is rejected when a filter is invalid: %j',
    async (filters) => {
      await expect(search(filters as Filters)).rejects.toEqual(refusal('invalid_request'));
    },
  );

  it('is refused to others than admins', async () => {
    const { context } = await member(world);
    await expect(world.gateway.send(searchUsers, { q: 'ada' }, context)).rejects.toEqual(refusal('forbidden'));
  });

  it('returns each of thousands of matches once, newest first, and few matches page by page', async () => {
    await world.query(
      `INSERT INTO users (id, auth_provider, email, full_name, referral_code, created_at)
       SELECT gen_random_uuid(), 'local', 'crowd-' || n, 'Crowd ' || n, 'BP-crowd-' || n, now() - n * interval '1 minute'
         FROM generate_series(1, 2100) AS n`,
    );
    for (const [q, count] of [
      ['crowd', 2_100],
      ['crowd 209', 12],
    ] as const) {
      const seen: { id: string; createdAt: string }[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await search({ q, limit: count > 200 ? 200 : 4, ...(cursor && { cursor }) });
        seen.push(...page.items);
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect([q, seen.length, new Set(seen.map(({ id }) => id)).size]).toEqual([q, count, count]);
      const times = seen.map(({ createdAt }) => createdAt);
      expect(times).toEqual([...times].sort().reverse());
    }
  });

  it('can use an index for each text', async () => {
    const plan = async (condition: string) => {
      await world.query('SET enable_seqscan = off');
      const rows = await world.query(`EXPLAIN SELECT id FROM users u WHERE ${condition}`);
      await world.query('RESET enable_seqscan');
      return JSON.stringify(rows);
    };
    expect(await plan(`${searchedNames} LIKE '%crowd%'`)).toContain('users_names_idx');
    expect(await plan("lower(u.email) LIKE 'crowd-2%'")).toContain('users_email_prefix_idx');
    expect(await plan("reverse(u.phone_number) LIKE '8765%'")).toContain('users_phone_suffix_idx');
  });

  it('is what the list of the previous release is, without the new filters', async () => {
    const old = await world.gateway.send(listUsers, { role: 'admin', limit: 10 }, boss.context);
    expect(await search({ role: 'admin', limit: 10 })).toEqual(old);
    expect(old.items.map(({ id }) => id)).toContain(boss.principal.userId);
  });
});

describe('the Stripe customer id', () => {
  const set = (userId: string, stripeCustomerId: string | null) =>
    world.gateway.send(setStripeCustomer, { userId, stripeCustomerId }, boss.context);

  it('is set and removed by admins, each with one audit entry that does not contain it', async () => {
    const { userId } = (await member(world)).principal;
    expect((await set(userId, 'cus_1')).user.stripeCustomerId).toBe('cus_1');
    expect((await set(userId, 'cus_1')).user.stripeCustomerId).toBe('cus_1');
    expect((await world.gateway.send(showUser, { userId }, boss.context)).stripeCustomerId).toBe('cus_1');
    expect((await set(userId, null)).user.stripeCustomerId).toBeNull();
    const entries = await world.query('SELECT action, details FROM audit_log WHERE user_id = $1 ORDER BY id', [userId]);
    expect(entries).toEqual([
      { action: 'user.stripe_customer', details: { before: 'none', after: 'set' } },
      { action: 'user.stripe_customer', details: { before: 'set', after: 'set', unchanged: true } },
      { action: 'user.stripe_customer', details: { before: 'set', after: 'none' } },
    ]);
  });

  it('belongs to one user: another is refused, with the id of the holder', async () => {
    const [one, other] = [(await member(world)).principal.userId, (await localUser(world, boss)).userId];
    await set(one, 'cus_unique');
    await expect(set(other, 'cus_unique')).rejects.toMatchObject({
      ...{ reason: 'conflict', message: expect.stringContaining(one) },
    });
    await set(one, null);
    expect((await set(other, 'cus_unique')).user.stripeCustomerId).toBe('cus_unique');
  });

  it('does not raise the version of the user, who does not see it', async () => {
    const { userId } = (await member(world)).principal;
    const { version } = (await world.gateway.send(setUserTier, { userId, tier: 'pro' }, boss.context)).user;
    expect((await set(userId, 'cus_unseen')).user.version).toBe(version);
  });

  it.each(['', 'cus_', 'sub_1', 'cus_a b', `cus_${'a'.repeat(252)}`])('is rejected when it is none: %j', async (id) => {
    await expect(set(boss.principal.userId, id)).rejects.toEqual(refusal('invalid_request'));
  });

  it('is refused for deleted and unknown users, and to others than admins', async () => {
    const { user, principal, context } = await member(world);
    const own = { userId: principal.userId, stripeCustomerId: 'cus_own' };
    await expect(world.gateway.send(setStripeCustomer, own, context)).rejects.toEqual(refusal('forbidden'));
    await expect(set(randomUUID(), 'cus_2')).rejects.toEqual(refusal('not_found'));
    await world.deliver(deletion(user.id));
    await expect(set(principal.userId, 'cus_2')).rejects.toEqual(refusal('conflict'));
  });
});
