import { DeliveryQueue } from './delivery-queue';
import { type Delivery, Intake } from './intake';
import { type EpochMarker, type RowMessage } from './stream-message';

type Row = RowMessage<string>;

const marker = (epoch: number, generation: number, isComplete = true): EpochMarker => ({
  ...{ type: 'marker', epoch, generation, isComplete },
});
const row = (version: number, epoch: number): Row => ({
  ...{ type: 'row', version, epoch, changed: [], at: '2026-01-05T10:00:00.000Z', body: `version ${version}` },
});

/** An intake that begins in epoch 1, and what it has delivered. */
async function begun() {
  const delivered: string[] = [];
  const queue = new DeliveryQueue<Delivery<string>>({
    deliver: (key, { message, generation }) => delivered.push(`${key}: ${message?.body} of ${generation}`),
    onFailure: (error) => delivered.push(error.message),
    ...{ concurrency: 1, capacity: 10 },
  });
  const intake = new Intake<string>(queue, true);
  await intake.begin(marker(1, 0), []);
  return { intake, delivered };
}

describe('the intake', () => {
  it('takes a version once, and none that is older', async () => {
    const { intake, delivered } = await begun();
    for (const version of [1, 3, 3, 2]) intake.take('ada', row(version, 1));
    expect(delivered).toEqual(['ada: version 1 of 0', 'ada: version 3 of 0']);
  });

  it('takes no row between the marker of a restore and the beginning of its generation', async () => {
    const { intake, delivered } = await begun();
    intake.take('ada', row(1, 1));
    intake.take('epoch', marker(2, 2, false));
    // Published by a process that did not know of the restore yet, and by one that did.
    expect([intake.take('ada', row(9, 1)), intake.take('ada', row(2, 2))]).toEqual([true, true]);
    expect(delivered).toEqual(['ada: version 1 of 0']);

    intake.beginGeneration(2);
    for (const message of [row(9, 1), row(2, 2)]) intake.take('ada', message);
    expect(delivered).toEqual(['ada: version 1 of 0', 'ada: version 2 of 2']);
  });

  it('tells of which generation the rows of the caller are, compared with the stream', async () => {
    const { intake } = await begun();
    const rows = (...generations: number[]) =>
      generations.map((generation) => ({ id: `of ${generation}`, generation }));
    expect(await intake.begin(marker(5, 3), [])).toBe('same');
    expect(await intake.begin(marker(5, 3), rows(3, 3))).toBe('same');
    expect(await intake.begin(marker(5, 3), rows(3, 0))).toBe('earlier');
    expect(await intake.begin(marker(5, 3), rows(0, 3, 4))).toBe('later');
  });

  it('notes a row of which the stream has an earlier version than the caller', async () => {
    const { intake } = await begun();
    await intake.begin(marker(1, 0), [{ id: 'ada', version: '3' }, { id: 'bob' }]);
    for (const key of ['ada', 'bob', 'new']) intake.take(key, row(3, 1));
    expect(intake.regressed).toBeUndefined();
    intake.take('ada', row(2, 1));
    expect(intake.regressed).toBe('ada');
  });
});
