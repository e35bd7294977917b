import { setTimeout as sleep } from 'node:timers/promises';
import { usersStream } from '@gatehouse/contracts';
import { headers } from '@nats-io/transport-node';
import * as fc from 'fast-check';
import { RelayWorld } from './relay-world';
import { PATIENCE_MS } from '@gatehouse/testing';

/** One step of a history. `row` selects one of the rows that exist. */
type Step =
  | { readonly kind: 'insert' }
  | { readonly kind: 'change' | 'hide' | 'delete'; readonly row: number; readonly times: number }
  | { readonly kind: 'break' | 'stall' | 'resume'; readonly relay: 0 | 1 }
  | { readonly kind: 'refill' | 'wait' };

const row = fc.nat({ max: 1_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'insert' }) },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('change' as const), row, times: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('hide' as const, 'delete' as const), row, times: fc.constant(1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('break' as const, 'stall' as const, 'resume' as const),
      relay: fc.constantFrom(0 as const, 1 as const),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ kind: 'refill' }, { kind: 'wait' }) },
);

let world: RelayWorld;

beforeAll(async () => {
  world = await RelayWorld.start();
  await world.startRelay();
  await world.startRelay();
  await world.completed();
});

afterAll(() => world.dispose());

async function play(history: readonly Step[]): Promise<void> {
  const ids = [await world.insert(), await world.insert()];
  for (const one of history) {
    switch (one.kind) {
      case 'insert':
        ids.push(await world.insert());
        break;
      case 'change':
        for (let time = 0; time < one.times; time += 1) {
          await world.change(ids[one.row % ids.length] ?? '', `content ${time} ${Math.random()}`);
        }
        break;
      case 'hide':
        await world.hide(ids[one.row % ids.length] ?? '');
        break;
      case 'delete':
        await world.sql.query('DELETE FROM things WHERE id = $1', [ids[one.row % ids.length]]);
        break;
      case 'break':
        world.relays[one.relay]?.proxy.break();
        break;
      case 'stall':
        world.relays[one.relay]?.proxy.stall();
        break;
      case 'resume':
        world.relays[one.relay]?.proxy.resume();
        break;
      case 'refill':
        await world.makeRefillDue();
        break;
      case 'wait':
        await sleep(20);
        break;
    }
    for (const { relay } of world.relays) relay.wake();
  }
  for (const { proxy } of world.relays) proxy.resume();
  await world.untilEqual();
}

describe('two relays of one database', () => {
  it('leave on each subject the version of its row, whatever connections and acknowledgements are lost', async () => {
    const histories = fc.array(step, { minLength: 10, maxLength: 60 });
    await fc.assert(fc.asyncProperty(histories, play), { numRuns: 8, endOnFailure: true });
  }, 240_000);

  it('replace a late message of an earlier version', async () => {
    const id = await world.insert();
    await world.change(id, 'second');
    await world.untilEqual();
    const last = await world.operator.streams.getMessage(usersStream.name, { last_by_subj: `users.changed.${id}` });
    // As a relay of another release would do, without the sequence that it replaces.
    const nats = world.relays[0]?.nats.get();
    await nats?.request(`users.changed.${id}`, JSON.stringify({ kind: 'thing', version: 1, epoch: 1 }), {
      timeout: PATIENCE_MS,
      headers: headers(),
    });
    expect(last?.json()).toMatchObject({ version: 2 });
    await world.change(id, 'third');
    await world.untilEqual();
  });
});
