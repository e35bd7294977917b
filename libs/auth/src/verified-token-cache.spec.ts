import { VerifiedTokenCache } from './verified-token-cache';

let now = 1_000;
const clock = () => now;
beforeEach(() => (now = 1_000));

describe('the cache of verified tokens', () => {
  it('remembers by the very bytes, no longer than the token lives', () => {
    const cache = new VerifiedTokenCache<{ expiresAt: number }>(clock);
    cache.set('token', { expiresAt: 2_000 }, cache.epoch);
    expect(cache.get('token')).toEqual({ expiresAt: 2_000 });
    expect(cache.get('token ')).toBeUndefined();
    now = 2_000;
    expect(cache.get('token')).toBeUndefined();
    expect(cache.size).toBe(0);
    cache.set('token', { expiresAt: 2_000 }, cache.epoch);
    expect(cache.size).toBe(0);
  });

  it('forgets everything when the keys change, also what was being verified meanwhile', () => {
    const cache = new VerifiedTokenCache<{ expiresAt: number }>(clock);
    const before = cache.epoch;
    cache.set('old', { expiresAt: 2_000 }, before);
    cache.flush();
    cache.set('late', { expiresAt: 2_000 }, before);
    expect([cache.get('old'), cache.get('late')]).toEqual([undefined, undefined]);
  });

  it('keeps within its bound', () => {
    const cache = new VerifiedTokenCache<{ expiresAt: number }>(clock, 10);
    for (let index = 0; index < 1_000; index++) cache.set(`t${index}`, { expiresAt: 2_000 }, cache.epoch);
    expect(cache.size).toBe(10);
    expect(cache.get('t999')).toBeDefined();
  });
});
