import { usersStream } from '@gatehouse/contracts';
import { eventually, natsServers } from '@gatehouse/testing';
import { RelayWorld } from './relay-world';

const NEVER_MS = 600_000;

/** A stream that went back to a backup of it: with the same creation time, except on 2.15, and lower sequences. */
describe.each(natsServers())('a stream that was restored from a backup, on $server', ({ program }) => {
  let world: RelayWorld;
  let ids: string[];
  /** Number of the epoch that was complete at the backup. */
  let before: number;
  let created: string;

  beforeAll(async () => {
    world = await RelayWorld.start(program === undefined ? {} : { program });
    const text = `INSERT INTO things (id, content) SELECT gen_random_uuid(), 'first' FROM generate_series(1, 150) RETURNING id`;
    ids = (await world.sql.query<{ id: string }>(text)).rows.map(({ id }) => id);
  });
  beforeEach(async () => {
    // A stream that was restored before gets another creation time when it is restored again.
    const { stop } = await world.startRelay();
    before = await world.completed();
    await world.operator.streams.delete(usersStream.name);
    before = await world.completed(before);
    await world.untilEqual();
    await stop();
    ({ created } = await world.operator.streams.info(usersStream.name));
  });
  afterEach(() => world.stopRelays());
  afterAll(() => world.dispose());

  const lastSequence = async () => (await world.operator.streams.info(usersStream.name)).state.last_seq;
  /** Changes rows by one statement, as an operator may do. */
  const changeAll = (of: readonly string[]) =>
    world.sql.query(`UPDATE things SET content = 'changed', version = version + 1 WHERE id = ANY($1::uuid[])`, [of]);
  const epoch = async () => {
    const { rows } = await world.sql.query('SELECT reason, generation::int FROM stream_epochs');
    return rows[0] as unknown;
  };
  /** Waits for a new epoch. Its messages are above `last`, and versions did not go back. */
  const rewritten = async (last: number) => {
    await world.completed(before);
    await world.untilEqual();
    const now = await world.operator.streams.info(usersStream.name);
    expect(await epoch()).toEqual({ reason: now.created === created ? 'went_back' : 'lost', generation: 0 });
    if (now.created === created) expect(now.state.first_seq).toBeGreaterThan(last);
  };

  it('is written anew by a relay that starts, above every sequence that it ever had', async () => {
    await world.startRelay();
    const backup = await world.backUpStream();
    await changeAll(ids.slice(0, 20));
    await world.untilEqual();
    const last = await lastSequence();
    await world.stopRelays();
    await world.restoreStream(backup);
    await world.startRelay();
    await rewritten(last);
  });

  it('is written anew although what relays publish at once raises its last sequence above the recorded one', async () => {
    await world.startRelay({ inspectMs: NEVER_MS });
    const backup = await world.backUpStream();
    await changeAll(ids.slice(0, 20));
    await world.untilEqual();
    const last = await lastSequence();
    await world.restoreStream(backup);
    await changeAll(ids.slice(20));
    await rewritten(last);
  });

  it('is written anew by a relay that knows only from the database what another one published', async () => {
    const slow = await world.startRelay({ pollMs: NEVER_MS, inspectMs: NEVER_MS });
    await eventually(() => slow.isSure());
    const backup = await world.backUpStream();
    const { stop } = await world.startRelay();
    await changeAll(ids.slice(0, 20));
    await world.untilEqual();
    const last = await lastSequence();
    await stop();
    await world.restoreStream(backup);
    await changeAll(ids.slice(20));
    slow.relay.wake();
    await rewritten(last);
  });

  it('is written anew when it has the marker of an earlier epoch, whatever its last sequence is', async () => {
    await world.startRelay();
    const backup = await world.backUpStream();
    await world.makeRefillDue();
    before = await world.completed(before);
    await changeAll(ids.slice(0, 20));
    await world.untilEqual();
    await world.stopRelays();
    const last = await lastSequence();
    await world.restoreStream(backup);
    for (let missing = last - (await lastSequence()); missing >= 0; missing -= 1) await world.publish('stray', {});
    await world.startRelay();
    await rewritten(last);
  });
});
