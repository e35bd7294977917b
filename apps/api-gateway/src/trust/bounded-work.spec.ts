import { setImmediate as turn } from 'node:timers/promises';
import { BoundedWork } from './bounded-work';

describe('bounded work', () => {
  it('runs for at most a number of items at the same time, and for each', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    const work = new BoundedWork<number>(3, async (item) => {
      most = Math.max(most, (running += 1));
      await turn();
      running -= 1;
      done.push(item);
    });
    for (let n = 0; n < 10; n += 1) work.add(n);
    expect(work.has(9)).toBe(true);
    for (let n = 0; n < 20; n += 1) await turn();
    expect([most, done.length, work.has(9)]).toEqual([3, 10, false]);
  });

  it('runs once more for an item that is added while it runs, and not at the same time', async () => {
    const events: string[] = [];
    const work = new BoundedWork<string>(2, async (item) => {
      events.push(`+${item}`);
      await turn();
      events.push(`-${item}`);
    });
    work.add('a');
    work.add('a');
    work.add('a');
    for (let n = 0; n < 10; n += 1) await turn();
    expect(events).toEqual(['+a', '-a', '+a', '-a']);
  });
});
