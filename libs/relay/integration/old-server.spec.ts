import { UnfinishedStreams, dropMessage } from '@gatehouse/testing';
import { RelayWorld } from './relay-world';

let world: RelayWorld;

beforeAll(async () => {
  world = await RelayWorld.start();
});
afterEach(() => world.stopRelays());
afterAll(() => world?.dispose());

it('a relay publishes a change again when nats-server drops it, and then leaves a read unanswered', async () => {
  const { proxy, hasFailed } = await world.startRelay();
  const id = await world.insert();
  await world.untilEqual();

  const published = dropMessage(proxy, `users.changed.${id}`);
  await world.change(id, 'second');
  await published;
  // What became of the message is read after its 5 s.
  await dropMessage(proxy, `"last_by_subj":"users.changed.${id}"`);
  await world.untilEqual();

  expect(await hasFailed()).toBe(true);
});

it('a relay begins no epoch because it sees the stream while nats-server creates it', async () => {
  const { proxy } = await world.startRelay();
  const epoch = await world.completed();
  const unfinished = new UnfinishedStreams(proxy);
  // Several times, because the relay looks again before it begins an epoch.
  await unfinished.seen(5);
  const id = await world.insert();
  unfinished.end();
  await world.untilEqual();

  expect(await world.message(id)).toMatchObject({ epoch });
});
