import { usersStream } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { requestNewEpoch } from '../src/request-new-epoch';
import { RelayWorld } from './relay-world';

/** A message of it is larger than the stream accepts. */
const TOO_LARGE = 'x'.repeat(usersStream.maxMessageBytes);

let world: RelayWorld;
beforeAll(async () => (world = await RelayWorld.start()));
afterAll(() => world?.dispose());

const waiting = async () => {
  const { rows } = await world.sql.query<{ key: string }>('SELECT key FROM stream_outbox');
  return rows.map(({ key }) => key);
};
const untilOnlyWaiting = (id: string) => eventually(async () => expect(await waiting()).toEqual([id]));

it('a row that is too large for the stream waits in the outbox, and stops neither changes, a rebuild nor a refill', async () => {
  const { isSure, hasFailed } = await world.startRelay();
  const before = await world.completed();
  const large = await world.insert('small');
  await world.untilEqual();
  await world.change(large, TOO_LARGE);
  const other = await world.insert();
  await untilOnlyWaiting(large);
  expect(await world.message(other)).toMatchObject({ version: 1 });
  expect(await world.message(large)).toMatchObject({ version: 1, content: 'small' });
  expect(await hasFailed()).toBe(true);
  expect(await isSure()).toBe(true);

  await requestNewEpoch(world.sql, usersStream.name);
  const rebuilt = await world.completed(before);
  await world.makeRefillDue();
  await world.completed(rebuilt);
  await world.change(other, 'second');
  await untilOnlyWaiting(large);
  expect(await world.message(other)).toMatchObject({ version: 2 });

  await world.change(large, 'small again');
  await world.untilEqual();
});
