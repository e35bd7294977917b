import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, natsServers } from '@gatehouse/testing';
import { RelayWorld } from './relay-world';

/** Longer than a message of any other row, so that the texts of the tests are found as a whole. */
const filler = 'x'.repeat(300);

describe.each(natsServers())('a stream on the disk of $server', ({ program }) => {
  let place: string;
  let world: RelayWorld;

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'gatehouse-relay-'));
    world = await RelayWorld.start({ place, ...(program !== undefined && { program }) });
    await world.startRelay();
    await world.completed();
  });

  afterAll(async () => {
    await world.dispose();
    rmSync(place, { recursive: true, force: true });
  });

  const store = () => globSync(join(place, '*/jetstream'))[0] ?? '';
  /** How often a text is in the files of the store. */
  const found = (text: string) =>
    globSync(join(store(), '**/*.blk')).reduce((sum, file) => {
      return sum + readFileSync(file).toString('latin1').split(text).length - 1;
    }, 0);

  it('does not hold the last message of a deleted row', async () => {
    const id = await world.insert(`erased-at-once ${filler}`);
    await world.untilEqual();
    expect(found('erased-at-once')).toBe(1);
    await world.hide(id);
    await world.untilEqual();
    expect(await world.message(id)).toMatchObject({ kind: 'deleted', version: 2 });
    expect(found('erased-at-once')).toBe(0);
  });

  it('holds replaced messages until the refill, and every current one after it', async () => {
    const { rows } = await world.sql.query<{ id: string }>(
      `INSERT INTO things (id, content) SELECT gen_random_uuid(), $1 FROM generate_series(1, 600) RETURNING id`,
      [`current ${filler}`],
    );
    const ids = rows.map(({ id }) => id);
    const [replaced = '', deleted = ''] = ids;
    await world.untilEqual();
    await world.change(replaced, `replaced-message ${filler}`);
    await world.untilEqual();
    await world.change(replaced, 'short');
    await world.change(deleted, `replaced-before-deletion ${filler}`);
    await world.untilEqual();
    await world.change(deleted, 'short');
    await world.untilEqual();
    await world.hide(deleted);
    await world.untilEqual();
    expect(found('replaced-message')).toBe(1);
    const epoch = await world.completed();
    await world.makeRefillDue();
    await world.completed(epoch);
    await world.untilEqual();
    await eventually(() => found('replaced-message') + found('replaced-before-deletion') === 0);
    expect(found('current')).toBe(ids.length - 2);
    // A message, its subject and its headers take less than 1 kB; the padding is gone.
    const { state } = await world.operator.streams.info('GATEHOUSE_USERS');
    expect(state.bytes).toBeLessThan(700 * 1_000);
  });

  it('is written anew after its store went back to an earlier state', async () => {
    const id = await world.insert('before');
    await world.untilEqual();
    const epoch = await world.completed();
    await world.nats.stop();
    const backup = mkdtempSync(join(tmpdir(), 'gatehouse-relay-backup-'));
    cpSync(store(), backup, { recursive: true });
    await world.nats.start();
    await world.change(id, 'after');
    await world.untilEqual();
    await world.nats.stop();
    const folder = store();
    rmSync(folder, { recursive: true });
    cpSync(backup, folder, { recursive: true });
    rmSync(backup, { recursive: true });
    await world.nats.start();
    await world.completed(epoch);
    await world.untilEqual();
    expect(await world.message(id)).toMatchObject({ version: 2 });
  });

  it('is written anew after its store was lost', async () => {
    const epoch = await world.completed();
    await world.nats.stop();
    world.nats.loseStore();
    await world.nats.start();
    await world.completed(epoch);
    await world.untilEqual();
  });
});
