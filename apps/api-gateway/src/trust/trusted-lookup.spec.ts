import { TrustedLookup } from './trusted-lookup';

const feed = { trusting: true, current: 0, isFresh: () => true, mayRemember: () => true, onForget: () => undefined };

describe('TrustedLookup', () => {
  it('evicts the least recently used answer beyond its bound', async () => {
    const lookup = new TrustedLookup(feed, () => [], undefined, 100);
    for (let index = 0; index < 1_000; index++) await lookup.find(`user ${index}`, async () => ({ change: 0 }));
    expect(lookup.size).toBe(100);
    expect(lookup.peek('user 999')).toEqual({ change: 0 });
    expect(lookup.peek('user 899')).toBeUndefined();
  });

  it('does not remember an answer without marks', async () => {
    const lookup = new TrustedLookup(feed, () => undefined, undefined, 100);
    await lookup.find('a guess', async () => ({ change: 0 }));
    expect(lookup.size).toBe(0);
  });
});
