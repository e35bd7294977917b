import fc from 'fast-check';
import { Unread } from './unread';

/** All unread sequences, read by one reader. */
function drain(unread: Unread): number[] {
  const read = new Set<number>();
  unread.releaseAll();
  for (let range = unread.claim(); range !== undefined; range = unread.claim()) {
    for (; range.from <= range.to; range.from += 1) read.add(range.from);
    unread.finish(range);
  }
  return [...read].sort((a, b) => a - b);
}

describe('unread sequences', () => {
  it('are everything at first, and what the feed left out', () => {
    const unread = new Unread(3);
    unread.receive(4, true);
    unread.receive(7, true);
    unread.receive(8, false);
    unread.extendTo(10);
    expect(unread.count).toBe(8);
    expect(drain(unread)).toEqual([1, 2, 3, 5, 6, 8, 9, 10]);
    expect(unread.isEmpty).toBe(true);
    expect(unread.since).toBeUndefined();
  });

  it('are divided among readers', () => {
    const unread = new Unread(1_000);
    const ranges = Array.from({ length: 4 }, () => unread.claim());
    expect(ranges).toEqual([
      { from: 1, to: 250, claimed: true },
      { from: 501, to: 750, claimed: true },
      { from: 251, to: 500, claimed: true },
      { from: 751, to: 1_000, claimed: true },
    ]);
  });

  it('stay within bounds when every second message is missed', () => {
    const unread = new Unread(0);
    for (let sequence = 2; sequence <= 10_000; sequence += 2) unread.receive(sequence, true);
    const sequences = drain(unread);
    expect(sequences).toHaveLength(new Set(sequences).size);
    expect(sequences.filter((sequence) => sequence % 2 === 1)).toHaveLength(5_000);
  });

  it('are never fewer than what was not taken, whatever arrives and whoever reads', () => {
    const arrival = fc.record({ sequence: fc.integer({ min: 1, max: 300 }), taken: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.array(arrival), fc.nat(5), (head, arrivals, readers) => {
        const unread = new Unread(head);
        // Readers that are under way, and have read nothing.
        for (let reader = 0; reader < readers; reader += 1) unread.claim();
        for (const { sequence, taken } of arrivals) unread.receive(sequence, taken);
        const taken = new Set(arrivals.filter((arrival) => arrival.taken).map(({ sequence }) => sequence));
        const missed = arrivals.filter((arrival) => !arrival.taken).map(({ sequence }) => sequence);
        const all = Array.from({ length: unread.head }, (_, index) => index + 1);
        const read = new Set(drain(unread));
        for (const sequence of all) expect(read.has(sequence) || taken.has(sequence)).toBe(true);
        for (const sequence of missed) expect(read.has(sequence)).toBe(true);
      }),
    );
  });
});
