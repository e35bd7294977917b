import { setImmediate } from 'node:timers/promises';
import { OwnerTurns } from './owner-turns';

/** Work that ends when it is told to. */
class Work {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  readonly run = (name: string) => async (): Promise<string> => {
    this.begun.push(name);
    await new Promise<void>((resolve) => this.ends.set(name, resolve));
    return name;
  };

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    await setImmediate();
  }
}

let turns: OwnerTurns;
let work: Work;

beforeEach(() => {
  turns = new OwnerTurns(2);
  work = new Work();
});

const start = (userId: string, name: string) => turns.run(userId, work.run(name));

describe('OwnerTurns', () => {
  it('runs the transactions of a user in their order, two at a time', async () => {
    const all = ['a', 'b', 'c', 'd'].map((name) => start('asha', name));
    expect(work.begun).toEqual(['a', 'b']);
    await work.end('b');
    expect(work.begun).toEqual(['a', 'b', 'c']);
    await work.end('a');
    await work.end('c');
    await work.end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not let a user wait for another', async () => {
    const all = ['a', 'b', 'c'].map((name) => start('asha', name));
    all.push(start('ben', 'd'));
    expect(work.begun).toEqual(['a', 'b', 'd']);
    for (const name of ['a', 'b', 'd', 'c']) await work.end(name);
    await Promise.all(all);
  });

  it('refuses at once what comes while 250 transactions of the user wait, and nothing of others', async () => {
    const all = Array.from({ length: 252 }, (_, number) => start('asha', `${number}`));
    await expect(start('asha', 'too many')).rejects.toMatchObject({ reason: 'unavailable' });
    all.push(start('ben', 'of Ben'));
    expect(work.begun).toEqual(['0', '1', 'of Ben']);
    await work.end('0');
    all.push(start('asha', '252'));
    for (const name of ['of Ben', ...Array.from({ length: 252 }, (_, number) => `${number + 1}`)]) await work.end(name);
    expect(await Promise.all(all)).toHaveLength(254);
  });

  it('gives the turn of a failed transaction to the next one', async () => {
    const failure = new Error('no');
    const fail = () => Promise.reject(failure);
    const failed = await Promise.allSettled([1, 2, 3, 4].map(() => turns.run('asha', fail)));
    expect(failed.map((outcome) => outcome.status === 'rejected' && outcome.reason === failure)).not.toContain(false);
    const both = [start('asha', 'a'), start('asha', 'b')];
    expect(work.begun).toEqual(['a', 'b']);
    await work.end('a');
    await work.end('b');
    await Promise.all(both);
  });

  it('refuses a transaction that has waited for 5 s, and keeps the order of the others', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const running = [start('asha', 'a'), start('asha', 'b')];
      const refused = expect(start('asha', 'c')).rejects.toMatchObject({ reason: 'unavailable' });
      jest.advanceTimersByTime(4_999);
      const late = start('asha', 'd');
      jest.advanceTimersByTime(1);
      await refused;
      await work.end('a');
      expect(work.begun).toEqual(['a', 'b', 'd']);
      await work.end('b');
      await work.end('d');
      await Promise.all([...running, late]);
    } finally {
      jest.useRealTimers();
    }
  });
});
