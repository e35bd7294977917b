import {
  type UserJson,
  type EventJson,
  T0,
  clerkUser,
  deletion,
  deliveryOf,
  metadata,
  newClerkId,
  sessionEvent,
  userEvent,
  withEmail,
  instanceId,
} from './clerk-events';
import { type EventMetadata } from '@gatehouse/contracts';
import { EventBatch } from '../src/apply/events/event-batch';
import { readEvent } from '../src/apply/events/read-event';
import { fixture, hangUp, json } from './clerk-api';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot();
});

afterAll(() => world.dispose());

describe('Clerk sample payloads', () => {
  it('are applied in order, each with its decision', async () => {
    const id = 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1';
    const decisions: string[] = [];
    for (const name of ['user.created', 'session.created', 'user.updated', 'session.revoked', 'user.deleted']) {
      const outcome = await world.deliver(fixture<EventJson>(name));
      expect(outcome).toMatchObject({ status: 'success', clerkUserId: id, userId: expect.any(String) });
      decisions.push('decision' in outcome ? outcome.decision : '');
      if (name === 'user.created') {
        expect(await world.user(id)).toMatchObject({
          auth_provider: 'clerk',
          email: 'ada+clerk_test@example.com',
          email_verified: true,
          phone_number: '+12015550100',
          phone_verified: true,
          full_name: 'Ada Example',
          role: 'user',
          is_active: true,
          is_synced: true,
          subscription: 'free',
          clerk_updated_at: '1790000000018',
          referral_code: expect.stringMatching(/^BP-[0-9A-Z]{9}$/),
          last_login_at: null,
        });
      }
    }
    expect(decisions).toEqual(['create', 'duplicate', 'advance', 'stale', 'delete']);
    expect(await world.user(id)).toMatchObject({
      last_login_at: new Date(1_790_000_000_500),
      last_logout_at: new Date(1_790_000_060_000),
    });
    const late = await world.deliver(fixture<EventJson>('user.created.phone-only'));
    expect(late).toMatchObject({ status: 'success', decision: 'tombstoned' });
    const again = await world.deliver(fixture<EventJson>('user.deleted.external_id'));
    expect(again).toMatchObject({ status: 'success', decision: 'duplicate' });
  });

  it('create a user without an e-mail address and names', async () => {
    const id = newClerkId();
    const { data, ...envelope } = fixture<EventJson>('user.created.phone-only');
    const phones = [{ ...(data.phone_numbers as object[])[0], phone_number: '+12015550177' }];
    await world.deliver({ ...envelope, data: { ...data, id, phone_numbers: phones } });
    expect(await world.user(id)).toMatchObject({
      email: null,
      email_verified: false,
      phone_number: '+12015550177',
      full_name: 'User',
    });
  });
});

describe('applying events', () => {
  it('repeats the outcome of a redelivered event and changes nothing', async () => {
    const id = newClerkId();
    const first = await world.publish(userEvent('user.created', clerkUser(id)));
    const outcome = await world.outcomeOf(first);
    await world.deliver(userEvent('user.updated', clerkUser(id, { updated_at: T0 + 1, first_name: 'Grace' })));
    const row = await world.user(id);

    const repeated = await world.deliver(userEvent('user.created', clerkUser(id)), {
      webhookId: first.webhookId,
      publishNumber: 2,
    });
    expect(repeated).toEqual({
      ...outcome,
      publishNumber: 2,
      correlationId: expect.any(String),
      at: expect.any(Number),
    });
    expect(await world.user(id)).toEqual(row);
    expect(await world.decisionsOf(id)).toEqual(['create', 'apply']);
  });

  it('ignores an older event as stale and an equal one as a duplicate, and only advances the version for equal content', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const created = await world.user(user.id);
    const decisionOf = async (changes: object) => world.deliver(userEvent('user.updated', { ...user, ...changes }));

    expect(await decisionOf({ updated_at: T0 - 1, first_name: 'Old' })).toMatchObject({ decision: 'stale' });
    expect(await decisionOf({})).toMatchObject({ decision: 'duplicate' });
    expect(await world.user(user.id)).toEqual(created);
    expect(await decisionOf({ updated_at: T0 + 5, private_metadata: { a: 1 } })).toMatchObject({ decision: 'advance' });
    expect(await world.user(user.id)).toEqual({ ...created, clerk_updated_at: String(T0 + 5) });
    expect(await decisionOf({ updated_at: T0 + 6, first_name: 'New' })).toMatchObject({ decision: 'apply' });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'New', full_name: 'New Example' });
    expect(world.clerk.times(user.id)).toBe(0);
  });

  it('asks Clerk when two events have the same version and different content', async () => {
    const user = clerkUser(newClerkId());
    const atClerk = { ...user, first_name: 'Clerk' };
    world.clerk.answer(user.id, json(200, atClerk));
    await world.deliver(userEvent('user.created', user));
    const outcome = await world.deliver(userEvent('user.updated', { ...user, first_name: 'Event' }));
    expect(outcome).toMatchObject({ status: 'success', decision: 'apply', reason: expect.stringContaining('Clerk') });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Clerk' });
    expect(world.clerk.times(user.id)).toBe(1);
  });

  it('heals a version in the far future once Clerk has confirmed an older one', async () => {
    const far = 8_640_000_000_000_000;
    const user = clerkUser(newClerkId(), { updated_at: far });
    await world.deliver(userEvent('user.created', user));
    world.clerk.answer(user.id, json(200, { ...user, updated_at: T0, first_name: 'Truth' }));
    const outcome = await world.deliver(userEvent('user.updated', { ...user, first_name: 'Tie' }));
    expect(outcome).toMatchObject({ decision: 'heal' });
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Truth', clerk_updated_at: String(T0) });
    expect(world.clerk.times(user.id)).toBe(2);
  });

  it('deletes a user whose deletion arrives first, and never creates the id again', async () => {
    const id = newClerkId();
    expect(await world.deliver(deletion(id))).toMatchObject({ decision: 'delete', userId: null });
    const created = await world.deliver(userEvent('user.created', clerkUser(id)));
    expect(created).toMatchObject({ status: 'success', decision: 'tombstoned' });
    expect(await world.deliver(sessionEvent('session.ended', id))).toMatchObject({ decision: 'tombstoned' });
    expect(await world.user(id)).toBeUndefined();
  });

  it('redacts the personal data of a deleted user and keeps row and id', async () => {
    const id = newClerkId();
    await world.deliver(userEvent('user.created', clerkUser(id)));
    await world.query(
      `UPDATE users SET bio = 'b', shop_name = 's', city = 'c', social_links = '{"x":"https://x.example"}',
         owner_name = 'o', stripe_customer_id = 'cus_1', hashed_password = 'h' WHERE clerk_user_id = $1`,
      [id],
    );
    const before = await world.user(id);
    await world.deliver(deletion(id));
    const after = await world.user(id);
    expect(after).toMatchObject({
      id: before?.id,
      is_active: false,
      deleted_at: expect.any(Date),
      full_name: 'Deleted user',
      email_verified: false,
      phone_verified: false,
      social_links: {},
    });
    for (const column of [
      'email',
      'phone_number',
      'first_name',
      'last_name',
      'username',
      'owner_name',
      'profile_image_url',
      'bio',
      'website',
      'shop_name',
      'city',
      'state',
      'pincode',
      'hashed_password',
      'stripe_customer_id',
      'content_hash',
    ]) {
      expect([column, after?.[column]]).toEqual([column, null]);
    }
  });

  it('frees the addresses of a deleted user for another user', async () => {
    const [old, fresh] = [newClerkId(), newClerkId()];
    const email = `${old}@example.com`;
    await world.deliver(userEvent('user.created', withEmail(clerkUser(old), email)));
    await world.deliver(deletion(old));
    const outcome = await world.deliver(userEvent('user.created', withEmail(clerkUser(fresh), email.toUpperCase())));
    expect(outcome).toMatchObject({ status: 'success', decision: 'create' });
  });

  it.each([
    ['banned', 'clerk_banned'],
    ['deprovisioned', 'clerk_deprovisioned'],
  ])("stores the flag %s in its own column and keeps an admin's deactivation", async (field, column) => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await world.query('UPDATE users SET is_active = false WHERE clerk_user_id = $1', [user.id]);
    const set = await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1, [field]: true }));
    expect(set).toMatchObject({ decision: 'apply' });
    expect(await world.user(user.id)).toMatchObject({ [column]: true, is_active: false });
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 2 }));
    expect(await world.user(user.id)).toMatchObject({ [column]: false, is_active: false });
  });

  it('stores a lockout and its end without changing the content', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const before = await world.user(user.id);
    const lockout = { locked: true, lockout_expires_in_seconds: 3_600 };
    const locked = userEvent('user.updated', { ...user, updated_at: T0 + 1, ...lockout });
    expect(await world.deliver({ ...locked, timestamp: T0 + 500 })).toMatchObject({ decision: 'advance' });
    const after = await world.user(user.id);
    expect(after).toMatchObject({
      clerk_locked: true,
      clerk_lockout_expires_at: new Date(T0 + 500 + 3_600_000),
      content_hash: before?.content_hash,
    });
    const unlocked = await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 2 }));
    expect(unlocked).toMatchObject({ decision: 'advance' });
    expect(await world.user(user.id)).toMatchObject({ clerk_locked: false, clerk_lockout_expires_at: null });
  });

  it('applies an event whose lists and optional fields are null', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const empty = Object.fromEntries(
      Object.entries({ ...user, updated_at: T0 + 1 }).map(([field, value]) => {
        return [field, field === 'id' || field === 'updated_at' ? value : null];
      }),
    ) as unknown as UserJson;
    const outcome = await world.deliver(userEvent('user.updated', empty));
    expect(outcome).toMatchObject({ status: 'success', decision: 'apply' });
    expect(await world.user(user.id)).toMatchObject({ email: null, phone_number: null, full_name: 'User' });
  });

  it('seeds the role only at creation, and never from unsafe metadata', async () => {
    const admin = clerkUser(newClerkId(), { public_metadata: { role: 'admin' } });
    world.clerk.answer(admin.id, json(200, admin));
    await world.deliver(userEvent('user.created', admin));
    expect(await world.user(admin.id)).toMatchObject({ role: 'admin', is_superuser: false });
    await world.deliver(
      userEvent('user.updated', { ...admin, updated_at: T0 + 1, public_metadata: { role: 'user' }, first_name: 'X' }),
    );
    expect(await world.user(admin.id)).toMatchObject({ role: 'admin', first_name: 'X' });

    for (const metadata of [{ public_metadata: { role: 'root' } }, { unsafe_metadata: { role: 'admin' } }]) {
      const user = clerkUser(newClerkId(), metadata);
      await world.deliver(userEvent('user.created', user));
      expect(await world.user(user.id)).toMatchObject({ role: 'user' });
    }
  });

  it('seeds only the configured roles, and starts users with any other role as user', async () => {
    await world.closeApps();
    await world.boot({ CLERK_SEED_ROLES: '' });
    for (const [role, expected] of [
      ['admin', 'user'],
      ['Admin', 'user'],
      ['developer', 'developer'],
    ] as const) {
      const user = clerkUser(newClerkId(), { public_metadata: { role } });
      world.clerk.directory.users.push(user);
      await world.deliver(userEvent('user.created', user));
      expect(await world.user(user.id)).toMatchObject({ role: expected });
    }
    await world.closeApps();
    await world.boot({ CLERK_METADATA_KEY: 'gatehouse' });
    const nested = clerkUser(newClerkId(), { public_metadata: { role: 'user', gatehouse: { role: 'developer' } } });
    world.clerk.directory.users.push(nested);
    await world.deliver(userEvent('user.created', nested));
    expect(await world.user(nested.id)).toMatchObject({ role: 'developer' });
    await world.closeApps();
    await world.boot();
  });

  it('creates an unknown user from its update', async () => {
    const id = newClerkId();
    expect(await world.deliver(userEvent('user.updated', clerkUser(id)))).toMatchObject({ decision: 'create' });
  });
});

describe('session events', () => {
  it('move the times of login, logout and activity only forward', async () => {
    const id = newClerkId();
    await world.deliver(userEvent('user.created', clerkUser(id, { last_active_at: T0 })));
    const at = (ms: number) => ({ created_at: ms, updated_at: ms, last_active_at: ms });
    await world.deliver(sessionEvent('session.created', id, at(T0 + 2_000)));
    await world.deliver(sessionEvent('session.created', id, at(T0 + 1_000)));
    await world.deliver(sessionEvent('session.removed', id, at(T0 + 4_000)));
    const last = await world.deliver(sessionEvent('session.ended', id, at(T0 + 3_000)));
    await world.deliver(sessionEvent('session.pending', id, at(T0 + 9_000)));
    expect(last).toMatchObject({ status: 'success', decision: 'activity' });
    expect(await world.user(id)).toMatchObject({
      last_login_at: new Date(T0 + 2_000),
      last_logout_at: new Date(T0 + 4_000),
      last_active_at: new Date(T0 + 4_000),
      clerk_updated_at: String(T0),
    });
  });

  it('create an unknown user, from the user in the event or else from Clerk', async () => {
    const [carried, fetched] = [newClerkId(), newClerkId()];
    const withUser = sessionEvent('session.created', carried, { user: clerkUser(carried) });
    expect(await world.deliver(withUser)).toMatchObject({ decision: 'create' });
    expect(await world.user(carried)).toMatchObject({ last_login_at: new Date(1_790_000_000_500) });
    world.clerk.answer(fetched, json(200, clerkUser(fetched)));
    expect(await world.deliver(sessionEvent('session.revoked', fetched))).toMatchObject({ decision: 'create' });
    expect(await world.user(fetched)).toMatchObject({ last_logout_at: expect.any(Date) });
  });
});

describe('observability', () => {
  it('keeps one correlation id from the message to the row and the outcome', async () => {
    const id = newClerkId();
    const correlationId = 'request-42';
    const outcome = await world.deliver(userEvent('user.created', clerkUser(id)), { correlationId });
    expect(outcome).toMatchObject({ correlationId });
    const rows = await world.query('SELECT * FROM applied_events WHERE clerk_user_id = $1', [id]);
    expect(rows).toEqual([
      {
        step: expect.any(String),
        webhook_id: outcome.webhookId,
        source: 'webhook',
        event_type: 'user.created',
        clerk_user_id: id,
        user_id: outcome.userId,
        decision: 'create',
        reason: 'the user was unknown',
        version_seen: String(T0),
        version_before: null,
        version_after: String(T0),
        attempt: 0,
        correlation_id: correlationId,
        applied_at: expect.any(Date),
      },
    ]);
  });

  it('counts decisions, batches, delays, requests to Clerk and dropped messages in metrics', async () => {
    await world.publishBare();
    const id = newClerkId();
    await world.deliver(userEvent('user.created', clerkUser(id)));
    const metrics = await world.operations('/metrics');
    for (const line of [
      'gatehouse_user_sync_events_total{type="user.created",decision="create"}',
      'gatehouse_user_sync_batch_events_count',
      'gatehouse_user_sync_apply_seconds_count',
      'gatehouse_user_sync_received_to_applied_seconds_count',
      'gatehouse_user_sync_clerk_requests_total{result="ok"}',
      'gatehouse_user_sync_undecodable_messages_total 1',
    ]) {
      expect(metrics).toContain(line);
    }
    expect(await world.operations('/readyz')).toContain('"status":"ok"');
  });
});

describe('failures', () => {
  it.each([
    ['no updated_at', (user: object) => ({ ...user, updated_at: undefined }), 'data.updated_at'],
    ['an invalid id', (user: object) => ({ ...user, id: 'user_*' }), 'data.id'],
    ['a time that is not a number', (user: object) => ({ ...user, updated_at: 'never' }), 'data.updated_at'],
  ])('are final for a user with %s, and name the field', async (_, change, field) => {
    const event = { type: 'user.updated', data: change(clerkUser(newClerkId())) as Record<string, unknown> };
    expect(await world.deliver(event)).toMatchObject({
      status: 'failed',
      error: { kind: 'validation', retryable: false, message: expect.stringContaining(field) },
    });
  });

  it('are final for a body that is not JSON or has another type than the headers', async () => {
    expect(await world.deliver('{"type":"user.upd')).toMatchObject({ status: 'failed', error: { kind: 'validation' } });
    const outcome = await world.deliver(deletion(newClerkId()), { eventType: 'user.created' });
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'validation', retryable: false } });
  });

  it('do not include an event of an unhandled type, which is ignored', async () => {
    const outcome = await world.deliver({ type: 'organization.created', data: { id: 'org_1' } });
    expect(outcome).toMatchObject({ status: 'ignored', decision: 'unhandled' });
  });

  it('are retryable for a user that Clerk does not know, and do not delete it', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    world.clerk.answer(user.id, json(404, fixture('bapi.error-404')));
    expect(await world.deliver(userEvent('user.updated', { ...user, first_name: 'Tie' }))).toMatchObject({
      status: 'failed',
      error: { kind: 'conflict', code: 'USER_MISSING_AT_CLERK', retryable: true },
    });
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null, first_name: 'Ada' });
  });

  it.each([
    [
      '429',
      json(429, fixture('bapi.error-429'), { 'Retry-After': '1' }),
      { kind: 'clerk', retryable: true, retryAfterMs: 1_000, sharedOutage: true },
    ],
    ['500', json(500, { errors: [] }), { kind: 'clerk', retryable: true }],
    ['401', json(401, fixture('bapi.error-401')), { kind: 'clerk', retryable: false }],
    ['a broken connection', hangUp, { kind: 'network', retryable: true }],
    ['another user', json(200, clerkUser(newClerkId())), { kind: 'clerk', retryable: true }],
  ])('report the answer %s from Clerk by kind, and a later attempt succeeds', async (_, answer, error) => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    world.clerk.answer(user.id, answer);
    const tie = userEvent('user.updated', { ...user, first_name: 'Tie' });
    const first = await world.publish(tie);
    expect(await world.outcomeOf(first)).toMatchObject({ status: 'failed', attempt: 0, error });
    world.clerk.answer(user.id, json(200, { ...user, first_name: 'Settled' }));
    const retry = await world.deliver(tie, { webhookId: first.webhookId, publishNumber: 2, attempt: 1 });
    expect(retry).toMatchObject({ status: 'success', attempt: 1, decision: 'apply' });
  });

  it('do not include text that PostgreSQL rejects, which is stored with replacement characters', async () => {
    const user = clerkUser(newClerkId(), { first_name: 'A\u0000B', last_name: 'C\ud800D' });
    await world.deliver(userEvent('user.created', user));
    expect(await world.user(user.id)).toMatchObject({ first_name: 'A\uFFFDB', last_name: 'C\uFFFDD' });
  });
});

describe('a batch', () => {
  /** Publishes messages while the service is stopped, so that they arrive as one batch, in this order. */
  async function together(events: EventJson[]) {
    await world.closeApps();
    const published: EventMetadata[] = [];
    for (const event of events) published.push(await world.publish(event));
    await world.boot();
    return Promise.all(published.map((about) => world.outcomeOf(about)));
  }

  it('applies 200 events of 100 users in any order', async () => {
    const users = Array.from({ length: 100 }, () => clerkUser(newClerkId()));
    const outcomes = await together([
      ...users.map((user) => userEvent('user.updated', { ...user, updated_at: T0 + 1, first_name: 'Second' })),
      ...users.map((user) => userEvent('user.created', user)),
    ]);
    expect(outcomes.every(({ status }) => status === 'success')).toBe(true);
    const rows = await world.query<{ first_name: string; clerk_updated_at: string }>(
      'SELECT first_name, clerk_updated_at FROM users WHERE clerk_user_id = ANY($1)',
      [users.map(({ id }) => id)],
    );
    expect(rows).toHaveLength(100);
    expect(new Set(rows.map((row) => `${row.first_name} ${row.clerk_updated_at}`))).toEqual(
      new Set([`Second ${T0 + 1}`]),
    );
  });

  it('applies its other events when one cannot be read or written', async () => {
    const [taken, unreadable, conflicting, ...good] = Array.from({ length: 8 }, () => clerkUser(newClerkId()));
    if (!taken || !unreadable || !conflicting) throw new Error('unreachable');
    const email = 'one-owner@example.com';
    await world.deliver(userEvent('user.created', withEmail(taken, email)));
    const outcomes = await together([
      { type: 'user.created', data: { ...unreadable, updated_at: undefined } },
      ...good.slice(0, 2).map((user) => userEvent('user.created', user)),
      userEvent('user.created', withEmail(conflicting, 'One-Owner@example.com')),
      ...good.slice(2).map((user) => userEvent('user.created', user)),
    ]);
    expect(outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.error.code : outcome.decision))).toEqual([
      'EVENT_INVALID',
      'create',
      'create',
      'USER_MISSING_AT_CLERK',
      'create',
      'create',
      'create',
    ]);
    expect(outcomes[3]).toMatchObject({ error: { kind: 'conflict', retryable: true } });
    expect(JSON.stringify(outcomes)).not.toMatch(/one-owner/i);
    expect(await world.user(conflicting.id)).toBeUndefined();
  });

  it('applies an event that it holds twice once, and reports the same outcome for both', async () => {
    const user = clerkUser(newClerkId());
    const about = metadata('user.created');
    const event = readEvent(deliveryOf(userEvent('user.created', user), about), instanceId);
    await world.apps[0]?.get(EventBatch).handle([event, event]);
    expect(await world.decisionsOf(user.id)).toEqual(['create']);
    const outcomes = (await world.outcomes()).filter(({ webhookId }) => webhookId === about.webhookId);
    expect(outcomes).toMatchObject([{ decision: 'create' }, { decision: 'create' }]);
  });

  it('creates, changes and deletes the same user', async () => {
    const user = clerkUser(newClerkId());
    const outcomes = await together([
      userEvent('user.created', user),
      userEvent('user.updated', { ...user, updated_at: T0 + 1, first_name: 'Late' }),
      deletion(user.id),
      userEvent('user.updated', { ...user, updated_at: T0 + 2, first_name: 'Later' }),
    ]);
    expect(outcomes.map((outcome) => 'decision' in outcome && outcome.decision)).toEqual([
      'create',
      'apply',
      'delete',
      'tombstoned',
    ]);
    expect(await world.user(user.id)).toMatchObject({ email: null, full_name: 'Deleted user', is_active: false });
  });

  it('moves an address from one user to another', async () => {
    const [from, to] = [clerkUser(newClerkId()), clerkUser(newClerkId())];
    const email = `${from.id}@handed.example.com`;
    await world.deliver(userEvent('user.created', withEmail(from, email)));
    await world.deliver(userEvent('user.created', to));
    const outcomes = await together([
      userEvent('user.updated', withEmail({ ...from, updated_at: T0 + 1 }, `new-${email}`)),
      userEvent('user.updated', withEmail({ ...to, updated_at: T0 + 1 }, email)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(await world.user(to.id)).toMatchObject({ email });
  });
});
