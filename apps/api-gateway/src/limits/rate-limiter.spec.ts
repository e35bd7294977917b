import { countedAddress } from '@gatehouse/http-edge';
import { type Purpose } from './counter-store';
import { MemoryCounters } from './memory-counters';
import { RateLimiter } from './rate-limiter';

describe('MemoryCounters', () => {
  const requests: Purpose = { name: 'requests', windowMs: 1_000, whenFull: 'evict' };
  const passwords: Purpose = { name: 'passwords', windowMs: 1_000, whenFull: 'share' };

  it('starts again when the window is over', () => {
    let now = 0;
    const counters = new MemoryCounters(() => now);
    expect(counters.hit(requests, 'a')).toEqual({ count: 1, resetMs: 1_000 });
    now = 400;
    expect(counters.hit(requests, 'a')).toEqual({ count: 2, resetMs: 600 });
    expect(counters.look(requests, 'a')).toEqual({ count: 2, resetMs: 600 });
    expect(counters.look(requests, 'b')).toEqual({ count: 0, resetMs: 1_000 });
    expect(counters.look(passwords, 'a')).toEqual({ count: 0, resetMs: 1_000 });
    now = 1_000;
    expect(counters.hit(requests, 'a')).toEqual({ count: 1, resetMs: 1_000 });
  });

  it('bounds the number of counters of each purpose', () => {
    const counters = new MemoryCounters(() => 0, 100);
    for (let index = 0; index < 10_000; index++) counters.hit(requests, `address ${index}`);
    expect(counters.size).toBe(100);
    for (let index = 0; index < 10_000; index++) counters.hit(passwords, `address ${index}`);
    // The salt decides how many of the shared counters are used.
    expect(counters.size).toBeGreaterThan(100 + 100);
    expect(counters.size).toBeLessThanOrEqual(100 + 100 + 1_024);
  });

  it('keeps counts when another purpose, or more names of a sharing purpose, fill the memory', () => {
    const counters = new MemoryCounters(() => 0, 100);
    for (let count = 0; count < 5; count++) counters.hit(passwords, 'ada');
    for (let index = 0; index < 1_000; index++) counters.hit(requests, `address ${index}`);
    for (let index = 0; index < 1_000; index++) counters.hit(passwords, `user ${index}`);
    expect(counters.look(passwords, 'ada').count).toBe(5);
    expect(counters.look(requests, 'address 0').count).toBe(0);
  });

  it('never counts too little when names share a counter', () => {
    const counters = new MemoryCounters(() => 0, 10);
    for (let index = 0; index < 10; index++) counters.hit(passwords, `user ${index}`);
    for (let count = 1; count <= 60; count++) {
      for (let index = 0; index < 100; index++) counters.hit(passwords, `late ${index}`);
      expect(counters.look(passwords, `late ${count}`).count).toBeGreaterThanOrEqual(count);
    }
  });

  it('makes room when windows are over, and finishes a shared window', () => {
    let now = 0;
    const counters = new MemoryCounters(() => now, 1);
    counters.hit(passwords, 'first');
    now = 500;
    counters.hit(passwords, 'second');
    now = 1_000;
    expect(counters.hit(passwords, 'second')).toEqual({ count: 2, resetMs: 500 });
    now = 1_500;
    expect(counters.hit(passwords, 'second')).toEqual({ count: 1, resetMs: 1_000 });
    expect(counters.size).toBe(1);
  });
});

describe('RateLimiter', () => {
  it('rejects an action beyond its limit, and does not count lookups', async () => {
    const limits = new RateLimiter(new MemoryCounters(() => 0));
    for (let count = 0; count < 30; count++) await limits.countOf('loginFromAddress', 'x');
    for (let count = 0; count < 5; count++) await limits.consume('loginFromAddress', 'x');
    expect(await limits.countOf('loginFromAddress', 'x')).toEqual({ count: 5, resetMs: 900_000 });
    await expect(limits.consume('loginFromAddress', 'x')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 900_000,
    });
    await expect(limits.consume('loginFromAddress', 'y')).resolves.toBeUndefined();
  });

  it('keeps rejecting an action while many networks and accounts are counted', async () => {
    const limits = new RateLimiter(new MemoryCounters(() => 0, 100));
    for (let count = 0; count < 5; count++) await limits.consume('loginFromAddress', 'ada');
    for (let index = 0; index < 1_000; index++) {
      for (const rateClass of ['docs', 'read', 'sync', 'login', 'exchange'] as const) {
        await limits.ofClass(rateClass, countedAddress(`2001:db8:0:${index.toString(16)}::1`), 'anonymous');
      }
      // Accounts that share a counter are rejected for each other's attempts.
      await limits.consume('loginFromAddress', `user ${index}`).catch(() => undefined);
    }
    await expect(limits.consume('loginFromAddress', 'ada')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
