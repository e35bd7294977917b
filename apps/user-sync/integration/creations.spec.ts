import { eventually } from '@gatehouse/testing';
import { fixture, hangUp, json } from './clerk-api';
import { type EventJson, clerkUser, deletion, instanceId, newClerkId, userEvent } from './clerk-events';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
});

afterEach(async () => {
  world.clerk.outage = undefined;
  world.clerk.directory.instanceId = instanceId;
  await world.closeApps();
});

afterAll(() => world.dispose());

/** The event without `instance_id`, like examples in Clerk's dashboard. */
const withoutInstance = (event: EventJson): EventJson => ({ ...event, instance_id: undefined });

describe('an event of an unknown user', () => {
  it('creates the user without asking Clerk when it names our instance and seeds the role user', async () => {
    await world.boot();
    const user = clerkUser(newClerkId());
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'create' });
    expect(world.clerk.times(user.id)).toBe(0);
  });

  it.each([
    ['names no instance', (event: EventJson) => withoutInstance(event), {}],
    ['seeds a role above user', (event: EventJson) => event, { public_metadata: { role: 'developer' } }],
  ])('creates no user when it %s and Clerk does not know the user', async (_, change, metadata) => {
    await world.boot();
    const user = clerkUser(newClerkId(), metadata);
    expect(await world.deliver(change(userEvent('user.created', user)))).toMatchObject({
      status: 'ignored',
      decision: 'unconfirmed',
      clerkUserId: user.id,
    });
    expect(await world.user(user.id)).toBeUndefined();
    expect(world.clerk.times(user.id)).toBe(1);
  });

  it('takes content and role from the answer of Clerk, not from the event', async () => {
    await world.boot();
    const user = clerkUser(newClerkId());
    world.clerk.answer(user.id, json(200, { ...user, first_name: 'Clerk' }));
    const forged = { ...user, first_name: 'Forged', public_metadata: { role: 'admin' } };
    expect(await world.deliver(userEvent('user.created', forged))).toMatchObject({ decision: 'create' });
    expect(await world.user(user.id)).toMatchObject({ role: 'user', first_name: 'Clerk' });
  });

  it.each([
    ['is unavailable', hangUp],
    ['rejects our secret key', json(401, fixture('bapi.error-401'))],
  ])('waits while Clerk %s, without using up a retry', async (_, outage) => {
    await world.boot();
    world.clerk.outage = outage;
    const user = clerkUser(newClerkId());
    expect(await world.deliver(withoutInstance(userEvent('user.created', user)))).toMatchObject({
      status: 'failed',
      error: { code: 'CLERK_AWAY', retryable: true, sharedOutage: true },
    });
  });

  it('is confirmed with Clerk while our instance is unknown', async () => {
    world.clerk.outage = hangUp;
    await world.boot();
    const user = clerkUser(newClerkId());
    const event = userEvent('user.created', user);
    expect(await world.deliver(event)).toMatchObject({ status: 'failed', error: { code: 'CLERK_AWAY' } });
    world.clerk.outage = undefined;
    world.clerk.answer(user.id, json(200, user));
    await eventually(async () => (await world.deliver(event)).status === 'success');
    expect(world.clerk.times(user.id)).toBeGreaterThan(0);
  });
});

describe('an event of a known user', () => {
  it('is applied without asking Clerk, even if it names no instance', async () => {
    await world.boot();
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const updated = { ...user, updated_at: user.updated_at + 1, first_name: 'New' };
    expect(await world.deliver(withoutInstance(userEvent('user.updated', updated)))).toMatchObject({
      decision: 'apply',
    });
    expect(await world.deliver(withoutInstance(deletion(user.id)))).toMatchObject({ decision: 'delete' });
    expect(world.clerk.times(user.id)).toBe(0);
  });
});

describe('our Clerk instance', () => {
  it('is the one that Clerk returns; events of another one are ignored as foreign and counted', async () => {
    await world.boot();
    const user = clerkUser(newClerkId());
    const foreign = { ...userEvent('user.created', user), instance_id: 'ins_123' };
    expect(await world.deliver(foreign)).toMatchObject({ status: 'ignored', decision: 'foreign' });
    expect(await world.deliver(userEvent('user.created', user))).toMatchObject({ decision: 'create' });
    expect(await world.operations('/metrics')).toContain('gatehouse_user_sync_foreign_events_total 1');
  });

  it('is CLERK_INSTANCE_ID when that is set, and a corrected value applies the ignored events', async () => {
    await world.boot({ CLERK_INSTANCE_ID: 'ins_wrong' });
    const user = clerkUser(newClerkId());
    const event = userEvent('user.created', user);
    const about = await world.publish(event);
    expect(await world.outcomeOf(about)).toMatchObject({ status: 'ignored', decision: 'foreign' });
    await world.closeApps();
    await world.boot({ CLERK_INSTANCE_ID: instanceId });
    const redriven = await world.publish(event, { ...about, publishNumber: 2 });
    expect(await world.outcomeOf(redriven)).toMatchObject({ status: 'success', decision: 'create' });
  });
});
