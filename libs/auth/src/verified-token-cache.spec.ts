import { VerifiedTokenCache } from './verified-token-cache';

let now = 1_000;
const clock = () => now;
beforeEach(() => (now = 1_000));

describe('the cache of verified tokens', () => {
  it('keeps a token by its exact bytes, until it expires', () => {
    const cache = new VerifiedTokenCache<{ expiresAt: number }>(clock);
    cache.set(cache.keyOf('token'), { expiresAt: 2_000 }, cache.epoch);
    expect(cache.get(cache.keyOf('token'))).toEqual({ expiresAt: 2_000 });
    expect(cache.get(cache.keyOf('token '))).toBeUndefined();
    now = 2_000;
    expect(cache.get(cache.keyOf('token'))).toBeUndefined();
    expect(cache.size).toBe(0);
    cache.set(cache.keyOf('token'), { expiresAt: 2_000 }, cache.epoch);
    expect(cache.size).toBe(0);
  });

  it('drops all tokens when the keys change, also tokens that are being verified', () => {
    const cache = new VerifiedTokenCache<{ expiresAt: number }>(clock);
    const before = cache.epoch;
    cache.set(cache.keyOf('old'), { expiresAt: 2_000 }, before);
    cache.flush();
    cache.set(cache.keyOf('late'), { expiresAt: 2_000 }, before);
    expect([cache.get(cache.keyOf('old')), cache.get(cache.keyOf('late'))]).toEqual([undefined, undefined]);
  });

  it('keeps at most the maximum number of tokens', () => {
    const cache = new VerifiedTokenCache<{ expiresAt: number }>(clock, 10);
    for (let index = 0; index < 1_000; index++) cache.set(cache.keyOf(`t${index}`), { expiresAt: 2_000 }, cache.epoch);
    expect(cache.size).toBe(10);
    expect(cache.get(cache.keyOf('t999'))).toBeDefined();
  });
});
