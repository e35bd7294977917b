import { randomUUID } from 'node:crypto';
import { listUserConflicts } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { DataSource } from 'typeorm';
import { LEADER_LOCK } from '../src/reconcile/leader-lock';
import { ConflictReview } from '../src/reconcile/review-conflicts';
import { adoptLocalUser } from '../src/apply/batch/address-plan';
import { fixture, json } from './clerk-api';
import { type UserJson, T0, clerkUser, deletion, newClerkId, userEvent, withEmail } from './clerk-events';
import { adminContext } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
  // The tests hold the leader lock, so that conflicts are reviewed only when a test asks for it.
  await world.query(`SELECT pg_advisory_lock(${LEADER_LOCK})`);
  await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' }, { leaderChores: 500 });
});

afterAll(() => world.dispose());

const address = () => `${newClerkId().slice(5)}@contested.example.com`;

const at = (user: UserJson, version: number): UserJson => ({ ...user, updated_at: T0 + version });

const renewed = (user: UserJson, version = 1) => userEvent('user.updated', at(user, version));

function withPhone(user: UserJson, phone: string, status = 'verified'): UserJson {
  const [number] = user.phone_numbers as Record<string, unknown>[];
  return { ...user, phone_numbers: [{ ...number, phone_number: phone, verification: { status } }] };
}

/** Creates a user here and at Clerk. */
async function member(user: UserJson): Promise<UserJson> {
  atClerk(user);
  await world.deliver(userEvent('user.created', user));
  return user;
}

function atClerk(...users: UserJson[]): void {
  for (const user of users) world.clerk.answer(user.id, json(200, user));
}

async function localUser(email: string, verified: boolean): Promise<string> {
  const id = randomUUID();
  await world.query(
    `INSERT INTO users (id, auth_provider, email, email_verified, full_name, role, hashed_password, referral_code)
     VALUES ($1, 'local', $2, $3, 'Local', 'developer', 'hash', $4)`,
    [id, email, verified, `BP-${id.slice(0, 9)}`],
  );
  return id;
}

const localRow = async (id: string) => (await world.query('SELECT * FROM users WHERE id = $1', [id]))[0];

const openConflicts = (claimant: string) =>
  world.query('SELECT kind, holder FROM user_conflicts WHERE claimant = $1 AND resolved_at IS NULL', [claimant]);

describe('a verified e-mail address', () => {
  it('goes to the user that has it at Clerk, even before the event of the previous holder arrives', async () => {
    const email = address();
    const old = await member(withEmail(clerkUser(newClerkId()), email));
    const taker = withEmail(clerkUser(newClerkId()), email.toUpperCase());
    atClerk(at(withEmail(old, address()), 1), taker);
    expect(await world.deliver(userEvent('user.created', taker))).toMatchObject({
      status: 'success',
      decision: 'create',
    });
    expect(await world.user(taker.id)).toMatchObject({ email: email.toUpperCase(), email_verified: true });
    expect((await world.user(old.id))?.email).not.toBe(email);
    expect(await world.decisionsOf(old.id)).toEqual(['create', 'apply']);
  });

  it('moves around a ring of three users, in every order of their events', async () => {
    const emails = [address(), address(), address()];
    const users = emails.map((email) => withEmail(clerkUser(newClerkId()), email));
    for (const user of users) await member(user);
    const turned = users.map((user, index) => at(withEmail(user, emails[(index + 1) % 3] ?? ''), 1));
    atClerk(...turned);
    const [first] = turned;
    if (!first) throw new Error('unreachable');
    expect(await world.deliver(userEvent('user.updated', first))).toMatchObject({
      status: 'success',
      decision: 'apply',
    });
    for (const [index, user] of users.entries()) {
      expect(await world.user(user.id)).toMatchObject({ email: emails[(index + 1) % 3], email_verified: true });
    }
  });

  it('is swapped by two users in one batch without asking Clerk', async () => {
    const [a, b] = [withEmail(clerkUser(newClerkId()), address()), withEmail(clerkUser(newClerkId()), address())];
    const emailOf = (user: UserJson) => (user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';
    for (const user of [a, b]) await world.deliver(userEvent('user.created', user));
    await world.closeApps();
    const swapped = [at(withEmail(a, emailOf(b)), 1), at(withEmail(b, emailOf(a)), 1)];
    const published = await Promise.all(swapped.map((user) => world.publish(userEvent('user.updated', user))));
    await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' }, { leaderChores: 500 });
    for (const about of published) expect(await world.outcomeOf(about)).toMatchObject({ decision: 'apply' });
    expect(await world.user(a.id)).toMatchObject({ email: emailOf(b) });
    expect(await world.user(b.id)).toMatchObject({ email: emailOf(a) });
    expect(world.clerk.times(a.id) + world.clerk.times(b.id)).toBe(0);
  });

  it('stays with the user that has it verified when Clerk shows it with two, and a conflict is recorded', async () => {
    const email = address();
    const holder = await member(withEmail(clerkUser(newClerkId()), email));
    const taker = withEmail(clerkUser(newClerkId()), email);
    const lapsed = at(withEmail(holder, email, 'unverified'), 1);
    atClerk(lapsed, taker);
    await world.deliver(userEvent('user.created', taker));
    expect(await world.user(taker.id)).toMatchObject({ email, email_verified: true });
    expect(await world.user(holder.id)).toMatchObject({ email: null, email_verified: false, first_name: 'Ada' });
    expect(await openConflicts(holder.id)).toEqual([{ kind: 'email', holder: taker.id }]);
  });

  it('stays with its holder when Clerk shows it verified with two users', async () => {
    const email = address();
    const holder = await member(withEmail(clerkUser(newClerkId()), email));
    const taker = withEmail(clerkUser(newClerkId()), email);
    atClerk(taker);
    expect(await world.deliver(userEvent('user.created', taker))).toMatchObject({
      decision: 'create',
      reason: expect.stringContaining('email is left to another user'),
    });
    expect(await world.user(holder.id)).toMatchObject({ email });
    expect(await world.user(taker.id)).toMatchObject({ email: null, email_verified: false });
    expect(await openConflicts(taker.id)).toEqual([{ kind: 'email', holder: holder.id }]);

    atClerk(at(withEmail(holder, address()), 1));
    await world.deliver(userEvent('user.updated', at(taker, 2)));
    expect(await world.user(taker.id)).toMatchObject({ email, email_verified: true });
    expect(await openConflicts(taker.id)).toEqual([]);
  });

  it('is taken from a user that Clerk no longer knows, without deleting that user', async () => {
    const email = address();
    const gone = await member(withEmail(clerkUser(newClerkId()), email));
    const taker = withEmail(clerkUser(newClerkId()), email);
    world.clerk.answer(gone.id, json(404, fixture('bapi.error-404')));
    atClerk(taker);
    await world.deliver(userEvent('user.created', taker));
    expect(await world.user(taker.id)).toMatchObject({ email });
    expect(await world.user(gone.id)).toMatchObject({ email: null, deleted_at: null, is_active: true });
    const queued = await world.query('SELECT source FROM suspected_absences WHERE clerk_user_id = $1', [gone.id]);
    expect(queued).toEqual([{ source: 'conflict' }]);
    expect(await world.decisionsOf(gone.id)).toEqual(['create', 'release']);
  });

  it('of a deleted user is free for the same person under a new id', async () => {
    const email = address();
    const old = await member(withEmail(clerkUser(newClerkId()), email));
    const again = withEmail(clerkUser(newClerkId()), email);
    world.clerk.answer(old.id, json(404, fixture('bapi.error-404')));
    atClerk(again);
    expect(await world.deliver(userEvent('user.created', again))).toMatchObject({ decision: 'create' });
    expect(await world.user(again.id)).toMatchObject({ email, email_verified: true });
  });

  it('is assigned at a later attempt when Clerk is unavailable', async () => {
    const email = address();
    const holder = await member(withEmail(clerkUser(newClerkId()), email));
    const taker = withEmail(clerkUser(newClerkId()), email);
    world.clerk.answer(taker.id, json(500, { errors: [] }));
    const first = await world.publish(userEvent('user.created', taker));
    expect(await world.outcomeOf(first)).toMatchObject({ status: 'failed', error: { kind: 'clerk', retryable: true } });
    expect(await world.user(holder.id)).toMatchObject({ email });
    atClerk(at(withEmail(holder, address()), 1), taker);
    const retry = { webhookId: first.webhookId, publishNumber: 2, attempt: 1 };
    expect(await world.deliver(userEvent('user.created', taker), retry)).toMatchObject({ decision: 'create' });
    expect(await world.user(taker.id)).toMatchObject({ email });
  });
});

describe('a verified phone number', () => {
  it('goes to the user that has it at Clerk', async () => {
    const phone = '+12015550142';
    const old = await member(withPhone(clerkUser(newClerkId()), phone));
    const taker = withPhone(clerkUser(newClerkId()), phone);
    atClerk(at(withPhone(old, '+12015550143'), 1), taker);
    await world.deliver(userEvent('user.created', taker));
    expect(await world.user(taker.id)).toMatchObject({ phone_number: phone, phone_verified: true });
    expect(await world.user(old.id)).toMatchObject({ phone_number: '+12015550143' });
  });

  it('stays with its holder when Clerk shows it verified with two users, and a conflict is recorded', async () => {
    const phone = '+12015550144';
    const holder = await member(withPhone(clerkUser(newClerkId()), phone));
    const taker = withPhone(clerkUser(newClerkId()), phone);
    atClerk(taker);
    await world.deliver(userEvent('user.created', taker));
    expect(await world.user(holder.id)).toMatchObject({ phone_number: phone, phone_verified: true });
    expect(await world.user(taker.id)).toMatchObject({ phone_number: null, phone_verified: false });
    expect(await openConflicts(taker.id)).toEqual([{ kind: 'phone', holder: holder.id }]);
  });
});

describe('a local user', () => {
  it('is linked when the address is verified on both sides, loses its password and keeps its role', async () => {
    const email = address();
    const id = await localUser(email, true);
    const user = withEmail(clerkUser(newClerkId()), email);
    atClerk(user);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'link', userId: id });
    expect(await world.user(user.id)).toMatchObject({
      id,
      auth_provider: 'clerk',
      is_synced: true,
      hashed_password: null,
      role: 'developer',
      first_name: 'Ada',
    });
  });

  it('is linked, and its password sessions end at every gateway', async () => {
    const email = address();
    const id = await localUser(email, true);
    const session = randomUUID();
    await world.query(
      `INSERT INTO legacy_sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')`,
      [session, id],
    );
    const user = withEmail(clerkUser(newClerkId()), email);
    atClerk(user);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'link', userId: id });
    const [closed] = await world.query('SELECT closed_at FROM legacy_sessions WHERE id = $1', [session]);
    expect(closed?.closed_at).not.toBeNull();
    const changes = await world.query('SELECT kind, clerk_user_id, session_id FROM changes WHERE user_id = $1', [id]);
    expect(changes).toEqual([
      { kind: 'user', clerk_user_id: user.id, session_id: null },
      { kind: 'legacy_session', clerk_user_id: null, session_id: session },
    ]);
  });

  it('is not linked by an address that it has not verified, and a conflict is recorded', async () => {
    const email = address();
    const id = await localUser(email, false);
    const user = withEmail(clerkUser(newClerkId()), email);
    atClerk(user);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'create' });
    expect(await localRow(id)).toMatchObject({ clerk_user_id: null, email, hashed_password: 'hash' });
    expect(await world.user(user.id)).toMatchObject({ email, email_verified: true });
    expect(await openConflicts(id)).toEqual([{ kind: 'email', holder: user.id }]);
  });

  it('is not linked by an unverified address, even if it has verified another one and Clerk is asked', async () => {
    const email = address();
    const id = await localUser(email, false);
    await world.query('UPDATE users SET phone_number = $2, phone_verified = true WHERE id = $1', [id, '+12015550145']);
    const old = await member(withPhone(clerkUser(newClerkId()), '+12015550146'));
    const user = withPhone(withEmail(clerkUser(newClerkId()), email), '+12015550146');
    atClerk(at(withPhone(old, '+12015550147'), 1), user);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'create' });
    expect(await world.user(user.id)).toMatchObject({ email, email_verified: true, phone_number: '+12015550146' });
    expect(await localRow(id)).toMatchObject({ clerk_user_id: null, email, hashed_password: 'hash' });
    expect(await openConflicts(id)).toEqual([{ kind: 'email', holder: user.id }]);
  });

  it.each([
    ['the e-mail address', { email: true, phone: false }],
    ['the phone number', { email: false, phone: true }],
  ])('is adopted only by a Clerk user that has verified the same address: %s', async (_, proved) => {
    const [email, phoneNumber] = [address(), proved.email ? '+12015550148' : '+12015550149'];
    const id = await localUser(email, proved.email);
    await world.query('UPDATE users SET phone_number = $2, phone_verified = $3 WHERE id = $1', [
      id,
      phoneNumber,
      proved.phone,
    ]);
    const { manager } = world.apps[0]?.get(DataSource, { strict: false }) as DataSource;
    const adopts = (emailVerified: boolean, phoneVerified: boolean) =>
      adoptLocalUser(manager, id, newClerkId(), {
        email: email.toUpperCase(),
        emailVerified,
        phoneNumber,
        phoneVerified,
      });
    await expect(adopts(!proved.email, !proved.phone)).resolves.toBe(false);
    await expect(adopts(false, false)).resolves.toBe(false);
    expect(await localRow(id)).toMatchObject({ clerk_user_id: null, hashed_password: 'hash' });
    await expect(adopts(proved.email, proved.phone)).resolves.toBe(true);
  });

  it('is not linked by an address that is unverified at Clerk, and the Clerk user is stored without it', async () => {
    const email = address();
    const id = await localUser(email, true);
    const user = withEmail(clerkUser(newClerkId()), email, 'unverified');
    atClerk(user);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'create' });
    expect(await localRow(id)).toMatchObject({ clerk_user_id: null, email, email_verified: true });
    expect(await world.user(user.id)).toMatchObject({ email: null });
    expect(await openConflicts(user.id)).toEqual([{ kind: 'email', holder: id }]);
  });

  it('keeps its address when the Clerk user with the same address has a row already', async () => {
    const email = address();
    const id = await localUser(email, true);
    const user = await member(clerkUser(newClerkId()));
    atClerk(at(withEmail(user, email), 1));
    await world.deliver(userEvent('user.updated', at(withEmail(user, email), 1)));
    expect(await localRow(id)).toMatchObject({ email, clerk_user_id: null });
    expect(await world.user(user.id)).toMatchObject({ email: null });
  });

  it('has only the addresses that Clerk shows once it is linked', async () => {
    const email = address();
    const id = await localUser(email, true);
    const phone = '+12015550150';
    await world.query('UPDATE users SET phone_number = $2, phone_verified = true WHERE id = $1', [id, phone]);
    const user = withPhone(withEmail(clerkUser(newClerkId()), email), phone, 'unverified');
    atClerk(user);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'link', userId: id });
    expect(await world.user(user.id)).toMatchObject({ id, email, phone_number: phone, phone_verified: false });
    expect(await openConflicts(user.id)).toEqual([]);
  });
});

describe('a conflict that has ended', () => {
  const review = () => world.apps[0]?.get(ConflictReview, { strict: false }) as ConflictReview;
  const unproved = async () => {
    const email = address();
    const id = await localUser(email, false);
    const user = await member(withEmail(clerkUser(newClerkId()), email));
    await review().closeEnded();
    expect(await openConflicts(id)).toEqual([{ kind: 'email', holder: user.id }]);
    return { id, user };
  };

  it.each<[string, (of: { id: string; user: UserJson }) => Promise<unknown>]>([
    [
      'the local user is deactivated',
      ({ id }) => world.query('UPDATE users SET is_active = false WHERE id = $1', [id]),
    ],
    ['the Clerk user has another address', ({ user }) => world.deliver(renewed(withEmail(user, address())))],
    ['the Clerk user is deleted', ({ user }) => world.deliver(deletion(user.id))],
  ])('closes when %s and is no longer counted', async (_, end) => {
    const parties = await unproved();
    const before = await review().count();
    await end(parties);
    await review().closeEnded();
    expect(await openConflicts(parties.id)).toEqual([]);
    expect(await review().count()).toBe(before - 1);
    await world.deliver(renewed({ ...parties.user, first_name: 'Grace' }, 2));
    const isDeactivated = (await localRow(parties.id))?.is_active === false;
    if (isDeactivated) expect(await openConflicts(parties.id)).toEqual([]);
  });

  it('assigns the address to the waiting user without another event of that user', async () => {
    const [email, phone] = [address(), '+12015550151'];
    const holder = await member(withPhone(withEmail(clerkUser(newClerkId()), email), phone));
    const waiting = await member(
      withPhone(withEmail(clerkUser(newClerkId()), email, 'unverified'), phone, 'unverified'),
    );
    expect(await openConflicts(waiting.id)).toHaveLength(2);
    await review().askDue(() => true);
    expect(await openConflicts(waiting.id)).toHaveLength(2);

    const moved = at(withEmail(holder, address()), 1);
    atClerk(moved);
    await world.deliver(userEvent('user.updated', moved));
    await review().askDue(() => true);
    expect(await world.user(waiting.id)).toMatchObject({ email, email_verified: false, phone_number: null });
    expect(await openConflicts(waiting.id)).toEqual([{ kind: 'phone', holder: holder.id }]);
  });

  it('names the current holder and waits for that one', async () => {
    const email = address();
    const first = await member(withEmail(clerkUser(newClerkId()), email));
    const waiting = await member(withEmail(clerkUser(newClerkId()), email, 'unverified'));
    expect(await openConflicts(waiting.id)).toEqual([{ kind: 'email', holder: first.id }]);
    const moved = at(withEmail(first, address()), 1);
    const second = withEmail(clerkUser(newClerkId()), email);
    atClerk(moved, second);
    await world.deliver(userEvent('user.updated', moved));
    await world.deliver(userEvent('user.created', second));
    await review().askDue(() => true);
    expect(await world.user(waiting.id)).toMatchObject({ email: null });
    expect(await openConflicts(waiting.id)).toEqual([{ kind: 'email', holder: second.id }]);
  });

  it('asks Clerk again only when the holder was written since', async () => {
    const email = address();
    const holder = await member(withEmail(clerkUser(newClerkId()), email));
    const waiting = await member(withEmail(clerkUser(newClerkId()), email, 'unverified'));
    const age = () =>
      world.query(`UPDATE user_conflicts SET detected_at = now() - interval '1 hour', checked_at = NULL`);
    const ageHolder = (minutes: number) =>
      world.query(`UPDATE users SET updated_at = now() - interval '1 minute' * $2 WHERE clerk_user_id = $1`, [
        holder.id,
        minutes,
      ]);
    await age();
    await ageHolder(90);
    const before = world.clerk.times(waiting.id);
    await review().askDue(() => true);
    expect(world.clerk.times(waiting.id)).toBe(before);
    await ageHolder(30);
    await review().askDue(() => true);
    const asked = world.clerk.times(waiting.id);
    expect(asked).toBeGreaterThan(before);
    await review().askDue(() => true);
    expect(world.clerk.times(waiting.id)).toBe(asked);
  });
});

describe('the review of conflicts', () => {
  it('is repeated by the leading replica, which counts the open conflicts', async () => {
    const [email, another] = [address(), address()];
    const holder = await member(withEmail(clerkUser(newClerkId()), email));
    const waiting = await member(withEmail(clerkUser(newClerkId()), email, 'unverified'));
    const local = await localUser(another, false);
    const theirs = await member(withEmail(clerkUser(newClerkId()), another));
    expect(await openConflicts(local)).toEqual([{ kind: 'email', holder: theirs.id }]);
    await world.deliver(deletion(theirs.id));
    const moved = at(withEmail(holder, address()), 1);
    atClerk(moved);
    await world.deliver(userEvent('user.updated', moved));
    await world.query(`SELECT pg_advisory_unlock(${LEADER_LOCK})`);
    try {
      const ends = { timeoutMs: 50_000, intervalMs: 250 };
      await eventually(async () => (await world.user(waiting.id))?.email === email, ends);
      expect(await openConflicts(local)).toEqual([]);
      const before = await world.operations('/metrics');
      expect(before).toMatch(/^gatehouse_user_sync_open_conflicts [1-9]/m);
    } finally {
      await world.query(`SELECT pg_advisory_lock(${LEADER_LOCK})`);
    }
  });

  it('retries a conflict that cannot be settled later, and still settles the others', async () => {
    const pairs = [];
    for (const email of [address(), address()]) {
      const holder = await member(withEmail(clerkUser(newClerkId()), email));
      const waiting = await member(withEmail(clerkUser(newClerkId()), email, 'unverified'));
      const moved = at(withEmail(holder, address()), 1);
      atClerk(moved);
      await world.deliver(userEvent('user.updated', moved));
      pairs.push({ email, waiting });
    }
    const [first, second] = pairs;
    const review = world.apps[0]?.get(ConflictReview, { strict: false }) as ConflictReview;
    world.clerk.answer(first?.waiting.id ?? '', json(500, {}));
    await review.askDue(() => true);
    expect(await world.user(first?.waiting.id ?? '')).toMatchObject({ email: null });
    expect(await world.user(second?.waiting.id ?? '')).toMatchObject({ email: second?.email });

    atClerk(first?.waiting as UserJson);
    await review.askDue(() => true);
    expect(await world.user(first?.waiting.id ?? '')).toMatchObject({ email: null });
    // On a busy machine, a question to Clerk may fail once more.
    await eventually(async () => {
      await world.query(`UPDATE user_conflicts SET retry_at = now() WHERE claimant = $1`, [first?.waiting.id]);
      await review.askDue(() => true);
      expect(await world.user(first?.waiting.id ?? '')).toMatchObject({ email: first?.email });
    });
  });
});

describe('open conflicts', () => {
  type Query = Parameters<typeof world.gateway.send<typeof listUserConflicts>>[1];
  const list = (query: Query, role: 'admin' | 'developer' = 'admin') =>
    world.gateway.send(listUserConflicts, query, adminContext(role));

  it('are listed to admins only, newest first, in pages, without the address and apart from resolved ones', async () => {
    const emails = [address(), address(), address()];
    const claimants: string[] = [];
    for (const email of emails) {
      const holder = await member(withEmail(clerkUser(newClerkId()), email));
      const claimant = withEmail(clerkUser(newClerkId()), email, 'unverified');
      atClerk(holder, claimant);
      await world.deliver(userEvent('user.created', claimant));
      claimants.unshift(claimant.id);
    }
    const first = await list({ limit: 2 });
    expect(first.items.map(({ claimant }) => claimant)).toEqual(claimants.slice(0, 2));
    expect(first.items[0]).toMatchObject({ kind: 'email', resolvedAt: null, detectedAt: expect.any(String) });
    const second = await list({ limit: 1, cursor: first.nextCursor ?? '' });
    expect(second.items.map(({ claimant }) => claimant)).toEqual(claimants.slice(2));
    for (const email of emails)
      expect(JSON.stringify([first, second]).toLowerCase()).not.toContain(email.toLowerCase());

    const gone = claimants[0] ?? '';
    await world.deliver(deletion(gone));
    expect((await list({})).items.map(({ claimant }) => claimant)).not.toContain(gone);
    const { items } = await list({ state: 'resolved', limit: 1 });
    expect(items).toMatchObject([{ claimant: gone, resolvedAt: expect.any(String) }]);
    expect((await list({ kind: 'phone', state: 'open' })).items.every(({ kind }) => kind === 'phone')).toBe(true);
    await expect(list({}, 'developer')).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ reason: 'invalid_request' });
  });

  it('over more users than can be settled at once fail the event with a retryable error', async () => {
    const emails = Array.from({ length: 26 }, address);
    const ring = emails.map((email) => withEmail(clerkUser(newClerkId()), email));
    for (const user of ring) await member(user);
    const turned = ring.map((user, index) => at(withEmail(user, emails[(index + 1) % 26] ?? ''), 1));
    atClerk(...turned);
    expect(await world.deliver(userEvent('user.updated', turned[0] as UserJson))).toMatchObject({
      status: 'failed',
      error: { kind: 'conflict', code: 'CONFLICT_TOO_WIDE', retryable: true },
    });
    expect(await world.user(turned[0]?.id ?? '')).toMatchObject({ email: emails[0] });
  });
});
