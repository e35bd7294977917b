import { randomUUID } from 'node:crypto';
import { type Explanation, explainUser, showUser, startReconcile } from '@gatehouse/contracts';
import { EventBatch } from '../src/apply/events/event-batch';
import { readEvent } from '../src/apply/events/read-event';
import { json } from './clerk-api';
import {
  T0,
  clerkUser,
  deletion,
  deliveryOf,
  instanceId,
  metadata,
  newClerkId,
  userEvent,
  withEmail,
} from './clerk-events';
import { admin, adminContext } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' });
});

afterAll(() => world.dispose());

const explain = (id: string, page: { limit?: number; cursor?: string } = {}): Promise<Explanation> =>
  world.gateway.send(explainUser, { id, ...page }, adminContext());

describe('the explanation of a user', () => {
  it('lists each decision with its reason and the versions before and after', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 2, first_name: 'Newer' }));
    const late = await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1, first_name: 'Late' }));
    const told = await explain(user.id);
    expect(told).toMatchObject({ clerkUserId: user.id, state: 'live', version: T0 + 2, nextCursor: null });
    expect(
      told.steps.map(({ decision, versionBefore, versionSeen, versionAfter }) => [
        decision,
        versionBefore,
        versionSeen,
        versionAfter,
      ]),
    ).toEqual([
      ['create', null, T0, T0],
      ['apply', T0, T0 + 2, T0 + 2],
      ['stale', T0 + 2, T0 + 1, T0 + 2],
    ]);
    expect(told.steps[2]).toMatchObject({ id: late.webhookId, reason: expect.stringContaining('newer version') });
    expect(await explain(told.userId ?? '')).toEqual(told);
  });

  it('lists the events of one batch in the order in which they were applied', async () => {
    const user = clerkUser(newClerkId());
    const versions = Array.from({ length: 30 }, (_, index) => T0 + index);
    const events = versions.map((version) =>
      userEvent('user.updated', { ...user, updated_at: version, first_name: `Version ${version}` }),
    );
    const batch = world.apps[0]?.get(EventBatch);
    await batch?.handle(events.map((event) => readEvent(deliveryOf(event, metadata(event.type)), instanceId)));
    const { steps } = await explain(user.id);
    expect(steps.map(({ versionAfter }) => versionAfter)).toEqual(versions);
    expect(steps.slice(1).map(({ versionBefore }) => versionBefore)).toEqual(versions.slice(0, -1));
  });

  it('returns ten thousand events page by page, each once and in order', async () => {
    const id = newClerkId();
    await world.query(
      `INSERT INTO applied_events (webhook_id, source, event_type, clerk_user_id, decision, reason, attempt, correlation_id)
       SELECT $1 || ':' || n, 'webhook', 'user.updated', $1, 'stale', 'made for this test', 0, n::text
         FROM generate_series(1, 10000) AS n`,
      [id],
    );
    const told: number[] = [];
    let cursor: string | undefined;
    do {
      const { steps, nextCursor } = await explain(id, { limit: 200, ...(cursor === undefined ? {} : { cursor }) });
      expect(steps.length).toBeLessThanOrEqual(200);
      told.unshift(...steps.map(({ correlationId }) => Number(correlationId)));
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(told).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    await expect(explain(id, { cursor: 'bm9uZQ' })).rejects.toMatchObject({
      reason: 'invalid_request',
      message: expect.stringContaining('cursor'),
    });
  });

  it('shows ban, deprovisioning and lockout at Clerk, a lockout only until its end', async () => {
    const user = clerkUser(newClerkId());
    const lockout = { locked: true, lockout_expires_in_seconds: 3_600 };
    const now = Date.now();
    await world.deliver({ ...userEvent('user.created', { ...user, ...lockout }), timestamp: now });
    const expiresAt = new Date(now + 3_600_000).toISOString();
    const access = { banned: false, deprovisioned: false };
    const told = await explain(user.id);
    expect(told.atClerk).toEqual({ ...access, locked: true, lockoutExpiresAt: expiresAt });
    const show = async () => {
      const boss = await admin(world);
      return world.gateway.send(showUser, { userId: told.userId ?? '' }, boss.context);
    };
    expect(await show()).toMatchObject({ clerkLocked: true, clerkLockoutExpiresAt: expiresAt });
    // Clerk sends no event when a lockout ends.
    const over = {
      ...userEvent('user.updated', { ...user, ...lockout, updated_at: T0 + 1 }),
      timestamp: now - 3_600_000,
    };
    await world.deliver(over);
    expect((await explain(user.id)).atClerk).toEqual({ ...access, locked: false, lockoutExpiresAt: null });
    expect(await show()).toMatchObject({ clerkLocked: false, clerkLockoutExpiresAt: null });
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 2, deprovisioned: true }));
    expect((await explain(user.id)).atClerk).toMatchObject({ banned: false, deprovisioned: true });
  });

  it('names the stored address when Clerk names no primary one', async () => {
    const user = clerkUser(newClerkId(), { primary_email_address_id: null, primary_phone_number_id: 'idn_gone' });
    await world.deliver(userEvent('user.created', user));
    const [address] = user.email_addresses as { email_address: string }[];
    expect(await world.user(user.id)).toMatchObject({ email: address?.email_address, email_verified: true });
    expect((await explain(user.id)).steps).toMatchObject([
      {
        decision: 'create',
        reason:
          'the user was unknown; it has no primary e-mail address: the oldest verified one is stored; ' +
          'its primary phone number is not in the list: the oldest verified one is stored',
      },
    ]);
  });

  it('shows both users of a conflict, who keeps the address and why', async () => {
    const email = `${newClerkId().slice(5)}@explained.example.com`;
    const [holder, taker] = [withEmail(clerkUser(newClerkId()), email), withEmail(clerkUser(newClerkId()), email)];
    for (const user of [holder, taker]) world.clerk.answer(user.id, json(200, user));
    await world.deliver(userEvent('user.created', holder));
    const caused = await world.deliver(userEvent('user.created', taker));
    const [ofHolder, ofTaker] = [await explain(holder.id), await explain(taker.id)];
    expect(ofTaker.conflicts).toMatchObject([
      {
        kind: 'email',
        claimant: taker.id,
        holder: holder.id,
        reason: expect.stringContaining('held it here keeps it'),
      },
    ]);
    expect(ofHolder.conflicts).toEqual(ofTaker.conflicts);
    expect(ofTaker.steps.at(-1)).toMatchObject({
      id: caused.webhookId,
      decision: 'create',
      reason: 'the user was unknown; its email is left to another user',
    });
    // The step of the other user has the correlation id of the cause.
    expect(ofHolder.steps.at(-1)).toMatchObject({ source: 'conflict', correlationId: caused.correlationId });
    expect(JSON.stringify([ofHolder, ofTaker])).not.toContain(email);
  });

  it('shows how a local user was linked to a Clerk user', async () => {
    const email = `${newClerkId().slice(5)}@linked.example.com`;
    const id = randomUUID();
    await world.query(
      `INSERT INTO users (id, auth_provider, email, email_verified, full_name, referral_code)
       VALUES ($1, 'local', $2, true, 'Local', $3)`,
      [id, email, `BP-${id.slice(0, 9)}`],
    );
    expect(await explain(id)).toMatchObject({ clerkUserId: null, state: 'live', steps: [], nextCursor: null });
    const user = withEmail(clerkUser(newClerkId()), email);
    world.clerk.answer(user.id, json(200, user));
    await world.deliver(userEvent('user.created', user));
    expect(await explain(id)).toMatchObject({
      clerkUserId: user.id,
      steps: [{ decision: 'link', reason: 'a local user has the same address verified: it is this user' }],
    });
  });

  it('shows a deletion that arrived first, is refused to non-admins, and is not found for an unknown user', async () => {
    const id = newClerkId();
    const outcome = await world.deliver(deletion(id));
    await world.deliver(userEvent('user.created', clerkUser(id)));
    expect(await explain(id)).toMatchObject({
      userId: null,
      state: 'deleted',
      tombstone: { because: outcome.webhookId },
      steps: [{ decision: 'delete' }, { decision: 'tombstoned' }],
    });
    await expect(explain(newClerkId())).rejects.toMatchObject({ reason: 'not_found' });
    const user = adminContext('user');
    await expect(world.gateway.send(explainUser, { id }, user)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(world.gateway.send(startReconcile, {}, user)).rejects.toMatchObject({ reason: 'forbidden' });
  });
});
