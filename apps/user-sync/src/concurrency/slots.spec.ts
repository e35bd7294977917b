import { Slots, mapBounded } from './slots';

describe('slots', () => {
  it('run at most their number at once, and each piece of work once, in order', async () => {
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const results = await mapBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      started.push(item);
      most = Math.max(most, (running += 1));
      await new Promise(setImmediate);
      running -= 1;
      return item * 2;
    });
    expect(most).toBe(3);
    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(results).toEqual([2, 4, 6, 8, 10, 12, 14]);
  });

  it('are released by failed work', async () => {
    const slots = new Slots(1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run(() => Promise.resolve('yes'))).toBe('yes');
  });
});
