import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { getMe, listUsers, resolvePrincipal, syncClerkUser, updateMe } from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { type INestApplication } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { fixture, hangUp, json, silence } from './clerk-api';
import { T0, clerkUser, deletion, newClerkId, userEvent } from './clerk-events';
import { principalOf, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot();
});

afterAll(() => world.dispose());

const resolve = (clerkUserId: string, requestId: string = randomUUID()) =>
  world.gateway.send(resolvePrincipal, { clerkUserId, sessionId: 'sess_1' }, { principal: null, requestId });

/** Unlike `resolve`, is sent once, so that its `isNewUser` does not depend on which attempt was answered. */
const sync = (clerkUserId: string) =>
  world.gateway.send(syncClerkUser, { clerkUserId, sessionId: 'sess_1' }, { principal: null, requestId: randomUUID() });

/** A stored user, and its principal as the gateway sends it. */
async function member(changes: Record<string, unknown> = {}) {
  const user = clerkUser(newClerkId(), changes);
  world.clerk.answer(user.id, json(200, user));
  await world.deliver(userEvent('user.created', user));
  const principal = principalOf(await resolve(user.id), 'sess_1');
  return { user, principal, context: { principal, requestId: randomUUID() } };
}

/** Resolves when the service has read all requests sent so far, and looked up their users. */
async function allHaveLooked(): Promise<void> {
  const [app] = world.apps as [INestApplication];
  // The client sends at the end of the turn.
  await setImmediate();
  await world.gatewayConnection.flush();
  await app.get(NatsClient).get().flush();
  // A lookup is a few queries in sequence, and connections go to the longest waiting request.
  for (let turns = 0; turns < 10; turns += 1) await app.get(DataSource).query('SELECT 1');
}

describe('resolving a principal', () => {
  it('finds a stored user without asking Clerk', async () => {
    const user = clerkUser(newClerkId(), { public_metadata: { role: 'developer' } });
    world.clerk.answer(user.id, json(200, user));
    await world.deliver(userEvent('user.created', user));
    const row = await world.user(user.id);
    expect(await resolve(user.id)).toEqual({
      userId: row?.id,
      clerkUserId: user.id,
      role: 'developer',
      tier: 'free',
      isActive: true,
      isNewUser: false,
      sessionEnded: false,
      change: expect.any(Number),
    });
    // Once, to confirm a role above `user`.
    expect(world.clerk.times(user.id)).toBe(1);
  });

  it('creates an unknown user: 50 concurrent first requests cause one fetch and one row', async () => {
    const user = clerkUser(newClerkId());
    let release = (): void => undefined;
    const held = new Promise<void>((free) => (release = free));
    world.clerk.answer(user.id, (request, response) => void held.then(() => json(200, user)(request, response)));
    const asked = Array.from({ length: 50 }, () => sync(user.id));
    await allHaveLooked();
    release();
    const replies = await Promise.all(asked);
    const row = await world.user(user.id);
    for (const reply of replies) expect(reply).toMatchObject({ userId: row?.id, isActive: true, isNewUser: true });
    expect(world.clerk.times(user.id)).toBe(1);
    expect(await world.decisionsOf(user.id)).toEqual(['create']);
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'duplicate' });
    expect(await sync(user.id)).toMatchObject({ isNewUser: false });
  });

  it("records the request id in the user's explanation", async () => {
    const user = clerkUser(newClerkId());
    world.clerk.answer(user.id, json(200, user));
    await resolve(user.id, 'request-1');
    await resolve(user.id, 'request-1');
    expect(
      await world.query('SELECT source, correlation_id FROM applied_events WHERE clerk_user_id = $1', [user.id]),
    ).toEqual([{ source: 'first_login', correlation_id: 'request-1' }]);
  });

  it('creates two users whose requests have the same id', async () => {
    const users = [clerkUser(newClerkId()), clerkUser(newClerkId())];
    for (const user of users) world.clerk.answer(user.id, json(200, user));
    const replies = [];
    for (const { id } of users) replies.push(await resolve(id, 'request-2'));
    expect(replies.map(({ clerkUserId }) => clerkUserId)).toEqual(users.map(({ id }) => id));
    expect(replies[0]?.userId).not.toBe(replies[1]?.userId);
  });

  it.each([
    ['is down', hangUp],
    ['answers 500', json(500, { errors: [] })],
    ['answers 429', json(429, fixture('bapi.error-429'))],
    ['refuses our key', json(401, fixture('bapi.error-401'))],
    ['does not answer', silence],
  ])('is refused as clerk_unavailable while Clerk %s, and works afterwards', async (_, answer) => {
    const user = clerkUser(newClerkId());
    if (answer === silence) world.waitForClerk(300);
    world.clerk.answer(user.id, answer);
    await expect(resolve(user.id)).rejects.toEqual(refusal('clerk_unavailable'));
    world.waitForClerk();
    world.clerk.answer(user.id, json(200, user));
    expect(await resolve(user.id)).toMatchObject({ clerkUserId: user.id, isActive: true });
    // A second attempt of the request may have read the user again.
    expect((await world.decisionsOf(user.id))[0]).toBe('create');
  });

  it('is refused as not_found for a user that Clerk does not know', async () => {
    await expect(resolve(newClerkId())).rejects.toEqual(refusal('not_found'));
  });

  it('is refused as user_deleted for a deleted user, even one who was never here', async () => {
    const { user } = await member();
    const never = newClerkId();
    world.clerk.answer(never, json(200, clerkUser(never)));
    for (const id of [user.id, never]) {
      await world.deliver(deletion(id));
      await expect(resolve(id)).rejects.toEqual(refusal('user_deleted'));
    }
    expect(world.clerk.times(never)).toBe(0);
  });

  it('creates a user for whom Clerk returns null in lists and unused fields', async () => {
    const id = newClerkId();
    const needed = ['id', 'updated_at'];
    const empty = Object.entries(clerkUser(id)).map(([field, value]) => [field, needed.includes(field) ? value : null]);
    world.clerk.answer(id, json(200, Object.fromEntries(empty)));
    expect(await sync(id)).toMatchObject({ isActive: true, isNewUser: true });
    expect(await world.user(id)).toMatchObject({ email: null, phone_number: null, full_name: 'User' });
  });

  it('shows a banned, deprovisioned or deactivated user as not active', async () => {
    const banned = await member({ banned: true });
    const deprovisioned = await member({ deprovisioned: true });
    const off = await member();
    await world.query('UPDATE users SET is_active = false WHERE clerk_user_id = $1', [off.user.id]);
    for (const { user } of [banned, deprovisioned, off]) {
      expect(await resolve(user.id)).toMatchObject({ isActive: false });
    }
  });

  it('shows a user who is deprovisioned after the first login as not active, until provisioned again', async () => {
    const { user } = await member();
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1, deprovisioned: true }));
    expect(await resolve(user.id)).toMatchObject({ isActive: false });
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 2, deprovisioned: false }));
    expect(await resolve(user.id)).toMatchObject({ isActive: true });
  });

  it('shows a locked user as active: a lockout only restricts signing in at Clerk', async () => {
    const { user } = await member();
    const lockout = { locked: true, lockout_expires_in_seconds: 3_600 };
    const { user: lockedAtFirst } = await member(lockout);
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1, ...lockout }));
    expect(await world.user(user.id)).toMatchObject({ clerk_locked: true });
    for (const { id } of [user, lockedAtFirst]) expect(await resolve(id)).toMatchObject({ isActive: true });
  });

  it('asks Clerk about an address that another user has here', async () => {
    const { user } = await member();
    const other = clerkUser(newClerkId(), { email_addresses: user.email_addresses });
    world.clerk.answer(other.id, json(200, other));
    world.clerk.answer(user.id, json(200, { ...user, updated_at: user.updated_at + 1, email_addresses: [] }));
    expect(await sync(other.id)).toMatchObject({ clerkUserId: other.id, isNewUser: true });
    const [address] = user.email_addresses as { email_address: string }[];
    expect(await world.user(other.id)).toMatchObject({ email: address?.email_address, email_verified: true });
    expect(await world.user(user.id)).toMatchObject({ email: null, deleted_at: null });
  });
});

describe('the calling user', () => {
  it('can read itself', async () => {
    const { user, principal, context } = await member({ last_sign_in_at: 1_790_000_000_500 });
    expect(await world.gateway.send(getMe, {}, context)).toMatchObject({
      id: principal.userId,
      clerkUserId: user.id,
      fullName: 'Ada Example',
      emailVerified: true,
      lastLoginAt: '2026-09-21T14:13:20.500Z',
    });
  });

  it('can change its profile, and no column that Clerk owns', async () => {
    const { context } = await member();
    const patch = {
      ownerName: ' Ada ',
      bio: null,
      website: 'https://ada.example.com',
      socialLinks: { github: 'https://github.com/ada' },
      pincode: '560 001',
    };
    const after = await world.gateway.send(updateMe, patch, context);
    expect(after).toMatchObject({ ...patch, ownerName: 'Ada', firstName: 'Ada' });
    expect(await world.gateway.send(getMe, {}, context)).toEqual(after);
    expect(await world.gateway.send(updateMe, {}, context)).toEqual(after);
    const firstName = { firstName: 'Eve' } as object;
    await expect(world.gateway.send(updateMe, firstName, context)).rejects.toEqual(refusal('invalid_request'));
  });

  it('changes its profile with an audit entry of request id and credential, without the values', async () => {
    const { principal, context } = await member();
    await world.gateway.send(updateMe, { city: 'Pune', bio: 'hush hush' }, context);
    await world.gateway.send(updateMe, {}, context);
    const rows = await world.query('SELECT * FROM audit_log WHERE user_id = $1', [principal.userId]);
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ action: 'profile.update', outcome: 'done', actor_user_id: principal.userId, method: principal.method },
        ...{ credential_id: principal.sessionId, request_id: context.requestId, details: { fields: 'bio, city' } },
      }),
    ]);
  });

  it('changes its profile only at the expected version', async () => {
    const { context } = await member();
    const { version } = await world.gateway.send(getMe, {}, context);
    const change = (city: string, ifMatch?: number[] | '*') =>
      world.gateway.send(updateMe, { city, ...(ifMatch !== undefined && { ifMatch }) }, context);
    expect(await change('Pune', [version, 77])).toMatchObject({ city: 'Pune', version: version + 1 });
    for (const stale of [[version], [version + 2], []]) {
      await expect(change('Delhi', stale)).rejects.toMatchObject({
        reason: 'version_mismatch',
        message: `The profile has changed: its version is ${version + 1}.`,
      });
    }
    expect(await change('Delhi', '*')).toMatchObject({ city: 'Delhi', version: version + 2 });
  });

  it('lets one of ten concurrent changes of the same version succeed', async () => {
    const { context } = await member();
    const { version } = await world.gateway.send(getMe, {}, context);
    const changes = Array.from({ length: 10 }, (_, index) =>
      world.gateway.send(updateMe, { city: `city ${index}`, ifMatch: [version] }, context),
    );
    const results = await Promise.allSettled(changes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.gateway.send(getMe, {}, context)).toMatchObject({ version: version + 1 });
  });

  it('keeps version and time of change when a change has no field or only the stored values', async () => {
    const { principal, context } = await member();
    const links = { x: 'https://x.example', github: 'https://github.com/ada' };
    const before = await world.gateway.send(updateMe, { city: 'Pune', socialLinks: links, bio: null }, context);
    const { x, github } = links;
    for (const patch of [{}, { city: ' Pune ' }, { socialLinks: { github, x } }, { bio: '' }]) {
      expect(await world.gateway.send(updateMe, patch, context)).toEqual(before);
    }
    expect(await world.query('SELECT FROM audit_log WHERE user_id = $1', [principal.userId])).toHaveLength(1);
    await expect(world.gateway.send(updateMe, { ifMatch: [before.version + 1] }, context)).rejects.toEqual(
      refusal('version_mismatch'),
    );
  });

  it('gets a new version by an event that changes it, and the same one by an event that does not', async () => {
    const { user, context } = await member();
    const { version } = await world.gateway.send(getMe, {}, context);
    await world.deliver(userEvent('user.updated', { ...user, updated_at: user.updated_at + 1, last_active_at: T0 }));
    expect(await world.gateway.send(getMe, {}, context)).toMatchObject({ version });
    await world.deliver(userEvent('user.updated', { ...user, updated_at: user.updated_at + 2, first_name: 'Eve' }));
    expect(await world.gateway.send(getMe, {}, context)).toMatchObject({ version: version + 1, firstName: 'Eve' });
  });

  it('gets the name of a field with characters that cannot be stored', async () => {
    const { context } = await member();
    await expect(
      world.gateway.send(updateMe, { socialLinks: { x: 'https://a.example/\ud800' } }, context),
    ).rejects.toMatchObject({
      reason: 'invalid_request',
      fields: [{ field: 'socialLinks', message: 'contains characters that cannot be stored' }],
    });
  });

  it('is refused when deleted, not active, unknown or missing', async () => {
    const deleted = await member();
    await world.deliver(deletion(deleted.user.id));
    const banned = await member({ banned: true });
    const unknown = { ...banned.context, principal: { ...banned.principal, userId: randomUUID() } };
    const nobody = { principal: null, requestId: randomUUID() };
    for (const [context, reason] of [
      [deleted.context, 'user_deleted'],
      [banned.context, 'forbidden'],
      [unknown, 'not_found'],
      [nobody, 'unauthenticated'],
    ] as const) {
      await expect(world.gateway.send(getMe, {}, context)).rejects.toEqual(refusal(reason));
      await expect(world.gateway.send(updateMe, { city: 'X' }, context)).rejects.toEqual(refusal(reason));
    }
    expect(await world.user(deleted.user.id)).toMatchObject({ city: null });
  });
});

describe('listing users', () => {
  it('is allowed only for admins', async () => {
    const { context } = await member();
    await expect(world.gateway.send(listUsers, {}, context)).rejects.toEqual(refusal('forbidden'));
    const nobody = { principal: null, requestId: randomUUID() };
    await expect(world.gateway.send(listUsers, {}, nobody)).rejects.toEqual(refusal('unauthenticated'));
  });

  it('returns all users page by page, newest first, each once', async () => {
    const { context } = await member({ public_metadata: { role: 'admin' } });
    const seen: { id: string; createdAt: string }[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await world.gateway.send(listUsers, { limit: 3, ...(cursor && { cursor }) }, context);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    const [{ count } = { count: 0 }] = await world.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
    expect(new Set(seen.map(({ id }) => id)).size).toBe(count);
    expect(seen).toHaveLength(count);
    const times = seen.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('filters by e-mail address in any letter case, Clerk id, role and deletion', async () => {
    const { user, context } = await member({ public_metadata: { role: 'admin' } });
    const gone = await member({ updated_at: 8_640_000_000_000_000 });
    await world.deliver(deletion(gone.user.id));
    const ids = async (filter: object) =>
      (await world.gateway.send(listUsers, { limit: 200, ...filter }, context)).items.map((item) => item.clerkUserId);
    expect(await ids({ email: `${user.id.slice(5).toUpperCase()}@example.com` })).toEqual([user.id]);
    expect(await ids({ clerkUserId: gone.user.id })).toEqual([gone.user.id]);
    expect(await ids({ clerkUserId: gone.user.id, deleted: false })).toEqual([]);
    expect(await ids({ deleted: true })).toContain(gone.user.id);
    expect(await ids({ role: 'admin' })).toContain(user.id);
    expect(await ids({ role: 'admin' })).not.toContain(gone.user.id);
  });

  it('rejects an invalid cursor', async () => {
    const { context } = await member({ public_metadata: { role: 'admin' } });
    for (const cursor of ['x', Buffer.from('[1,"x"]').toString('base64url')]) {
      await expect(world.gateway.send(listUsers, { cursor }, context)).rejects.toEqual(refusal('invalid_request'));
    }
  });
});
