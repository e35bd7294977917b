import { usersStream } from '@gatehouse/contracts';
import { type DataSource } from 'typeorm';
import { Outbox } from '../src/outbox';
import { RelayWorld } from './relay-world';

const EPOCH = 7;

let world: RelayWorld;
let outbox: Outbox;

beforeAll(async () => {
  world = await RelayWorld.start();
  const query = async (text: string, values: unknown[]) => (await world.sql.query(text, values)).rows;
  outbox = new Outbox({ manager: { query } } as unknown as DataSource, usersStream.name);
  await world.sql.query(
    `INSERT INTO stream_epochs (stream, state, reason, epoch) VALUES ($1, 'complete', 'first', $2)`,
    [usersStream.name, EPOCH],
  );
});

afterAll(() => world.dispose());

/** The row that waits, as it is read; then its version is set, and version 3 is settled. Returns what still waits. */
async function settleThree(read: number, version: number): Promise<number[]> {
  await world.sql.query('DELETE FROM stream_outbox');
  const key = await world.insert();
  await world.sql.query('UPDATE stream_outbox SET version = $1', [read]);
  const { rows } = await outbox.read('', 10);
  await world.sql.query('UPDATE stream_outbox SET version = $1', [version]);
  await outbox.settle(EPOCH, rows, [{ key, kind: 'published', version: 3, sequence: 1 }]);
  return (await outbox.read('', 10)).rows.map((row) => row.version);
}

describe('a row of the outbox', () => {
  it.each([
    ['leaves with the version that was read', 3, 3, []],
    ['leaves with a version that was committed before the row was loaded', 2, 3, []],
    ['stays with a version that was committed after it was published', 3, 4, [4]],
    ['stays with a version that an older database has given it', 3, 2, [2]],
  ])('%s', async (_what, read, version, waiting) => {
    expect(await settleThree(read, version)).toEqual(waiting);
  });
});
