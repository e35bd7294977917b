import { randomUUID } from 'node:crypto';
import { syncClerkUser } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { json } from './clerk-api';
import { clerkUser, newClerkId } from './clerk-events';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeEach(async () => {
  world = await SyncWorld.start();
});

afterEach(() => world.dispose());

const sync = (clerkUserId: string) =>
  world.gateway.send(syncClerkUser, { clerkUserId, sessionId: 'sess_1' }, { principal: null, requestId: randomUUID() });

it('reports a change that a request finds at Clerk during shutdown to the ledger before NATS is closed', async () => {
  await world.boot();
  const found = clerkUser(newClerkId());
  let release = (): void => undefined;
  const released = new Promise<void>((free) => (release = free));
  world.clerk.answer(found.id, (request, response) => void released.then(() => json(200, found)(request, response)));
  const reply = sync(found.id);
  await eventually(() => world.clerk.times(found.id) === 1);
  const [app] = world.apps;
  const closed = app?.close();
  await eventually(async () => expect(await world.operations('/readyz')).toContain('shutting_down'));
  release();
  expect(await reply).toMatchObject({ isNewUser: true });
  await closed;
  expect(await world.movements()).toEqual([{ movedAt: found.updated_at, source: 'first_login' }]);
});
