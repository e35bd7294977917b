import { endOfTurn } from './end-of-turn';

describe('endOfTurn', () => {
  it('lets all callers of one turn continue before anything that the first of them schedules', async () => {
    const order: string[] = [];
    const caller = async (name: string) => {
      await endOfTurn();
      order.push(name);
      queueMicrotask(() => order.push(`written by ${name}`));
    };

    const first = caller('first');
    await Promise.resolve();
    await Promise.all([first, caller('second')]);
    await endOfTurn();

    expect(order).toEqual(['first', 'second', 'written by first', 'written by second']);
  });

  it('ends the turn of a later caller too', async () => {
    await endOfTurn();

    await expect(endOfTurn()).resolves.toBeUndefined();
  });
});
