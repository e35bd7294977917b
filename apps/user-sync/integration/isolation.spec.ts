import { type EventMetadata, resolvePrincipal, startReconcile } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { LEADER_LOCK } from '../src/reconcile/leader-lock';
import { json } from './clerk-api';
import { type EventJson, T0, type UserJson, clerkUser, newClerkId, userEvent, withEmail } from './clerk-events';
import { adminContext, newSessionId, nobody } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
const letGo: (() => void)[] = [];

beforeAll(async () => {
  world = await SyncWorld.start();
});

beforeEach(() => world.boot({ CLERK_CONFIRM_DELAY_MS: '20' }));

afterEach(async () => {
  for (const release of letGo.splice(0)) release();
  await world.closeApps();
  world.clerk.directory.users = [];
});

afterAll(() => world.dispose());

/** Delays the answer of Clerk for this user, to inspect the state between two steps. */
function hold(user: UserJson): void {
  const released = new Promise<void>((resolve) => letGo.push(resolve));
  world.clerk.answer(user.id, (request, response) => void released.then(() => json(200, user)(request, response)));
}

const asked = (...users: UserJson[]) => eventually(() => users.every(({ id }) => world.clerk.times(id) > 0));

/**
 * Waits until user-sync has no open transaction and no lock except the leader lock. Short work for other users may hold
 * some for a moment.
 */
const nothingHeld = () => eventually(async () => expect(await held()).toEqual([]), { intervalMs: 100 });

async function held(): Promise<unknown[]> {
  return world.query(
    `SELECT a.state, l.locktype, l.objid FROM pg_stat_activity a
       LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory' AND NOT (l.classid = 0 AND l.objid = ${LEADER_LOCK})
      WHERE a.application_name = 'user-sync' AND a.datname = current_database()
        AND (a.state LIKE 'idle in transaction%' OR l.pid IS NOT NULL)`,
  );
}

async function member(user: UserJson): Promise<UserJson> {
  await world.deliver(userEvent('user.created', user));
  return user;
}

/** Publishes messages while the service is stopped, so that they arrive as one batch, in this order. */
async function together(events: EventJson[]): Promise<EventMetadata[]> {
  await world.closeApps();
  const published: EventMetadata[] = [];
  for (const event of events) published.push(await world.publish(event));
  await world.boot({ CLERK_CONFIRM_DELAY_MS: '20' });
  return published;
}

const tieOf = (user: UserJson) => userEvent('user.updated', { ...user, first_name: 'Tie' });

describe('while Clerk is asked, no transaction is open and no user is locked', () => {
  it('for an event of equal version and other content', async () => {
    const user = await member(clerkUser(newClerkId()));
    hold(user);
    const about = await world.publish(tieOf(user));
    await asked(user);
    await nothingHeld();
    letGo.splice(0).forEach((release) => release());
    expect(await world.outcomeOf(about)).toMatchObject({ status: 'success' });
  });

  it('for the users of a conflict', async () => {
    const email = `${newClerkId().slice(5)}@isolated.example.com`;
    const holder = await member(withEmail(clerkUser(newClerkId()), email));
    const taker = withEmail(clerkUser(newClerkId()), email);
    world.clerk.answer(taker.id, json(200, taker));
    hold({ ...withEmail(holder, `new-${email}`), updated_at: T0 + 1 });
    const about = await world.publish(userEvent('user.created', taker));
    await asked(taker, holder);
    await nothingHeld();
    letGo.splice(0).forEach((release) => release());
    expect(await world.outcomeOf(about)).toMatchObject({ decision: 'create' });
  });

  it('for a first login', async () => {
    const user = clerkUser(newClerkId());
    hold(user);
    const login = world.gateway.send(resolvePrincipal, { clerkUserId: user.id, sessionId: newSessionId() }, nobody());
    await asked(user);
    await nothingHeld();
    letGo.splice(0).forEach((release) => release());
    expect(await login).toMatchObject({ clerkUserId: user.id });
  });

  it('for a user that a reconcile run finds changed', async () => {
    const user = await member(clerkUser(newClerkId()));
    world.clerk.directory.users = [{ ...user, first_name: 'Walked' } as UserJson];
    hold({ ...user, first_name: 'Walked' });
    await world.gateway.send(startReconcile, {}, adminContext());
    await asked(user);
    await nothingHeld();
    // There was no timeout with a second request meanwhile.
    expect(world.clerk.times(user.id)).toBe(1);
    letGo.splice(0).forEach((release) => release());
    await eventually(async () => (await world.user(user.id))?.first_name === 'Walked');
  });
});

describe('one failing event of a batch', () => {
  it('does not delay the others while it waits for Clerk', async () => {
    const user = await member(clerkUser(newClerkId()));
    hold(user);
    const neighbours = Array.from({ length: 10 }, () => clerkUser(newClerkId()));
    const [tie, ...others] = await together([
      tieOf(user),
      ...neighbours.map((neighbour) => userEvent('user.created', neighbour)),
    ]);
    for (const about of others) expect(await world.outcomeOf(about)).toMatchObject({ decision: 'create' });
    await asked(user);
    expect((await world.outcomes()).some(({ webhookId }) => webhookId === tie?.webhookId)).toBe(false);
    letGo.splice(0).forEach((release) => release());
    if (tie) expect(await world.outcomeOf(tie)).toMatchObject({ status: 'success' });
  });

  it('costs the others only one more attempt when PostgreSQL rejects it', async () => {
    await world.query(`ALTER TABLE users ADD CONSTRAINT refused_in_this_test CHECK (first_name <> 'Refused')`);
    const users = Array.from({ length: 21 }, (_, index) =>
      clerkUser(newClerkId(), { first_name: index === 10 ? 'Refused' : 'Fine' }),
    );
    const published = await together(users.map((user) => userEvent('user.created', user)));
    const outcomes = [];
    for (const about of published) outcomes.push(await world.outcomeOf(about));
    const [refused] = outcomes.splice(10, 1);
    expect(refused).toMatchObject({ status: 'failed', error: { kind: 'database' } });
    expect(JSON.stringify(refused)).not.toContain('Refused');
    expect(outcomes.every(({ status, attempt }) => status === 'success' && attempt === 0)).toBe(true);
    for (const { id, first_name: name } of users) {
      expect(await world.decisionsOf(id)).toEqual(name === 'Refused' ? [] : ['create']);
    }
    // Once as a batch, and once one by one.
    const handled = /^gatehouse_user_sync_batch_events_sum (\d+)$/m.exec(await world.operations('/metrics'))?.[1];
    expect(Number(handled)).toBeLessThanOrEqual(2 * users.length);
  });
});
