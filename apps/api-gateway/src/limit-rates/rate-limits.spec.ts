import { MemoryCounters } from './counter-store';
import { RateLimits, countedAddress } from './rate-limits';

describe('an address is counted', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s as %s', (address, counted) => {
    expect(countedAddress(address)).toBe(counted);
  });
});

describe('counters in memory', () => {
  it('begin anew when their window is over', () => {
    let now = 0;
    const counters = new MemoryCounters(() => now);
    expect(counters.hit('a', 1_000)).toEqual({ count: 1, resetMs: 1_000 });
    now = 400;
    expect(counters.hit('a', 1_000)).toEqual({ count: 2, resetMs: 600 });
    expect(counters.look('a', 1_000)).toEqual({ count: 2, resetMs: 600 });
    expect(counters.look('b', 1_000)).toEqual({ count: 0, resetMs: 1_000 });
    now = 1_000;
    expect(counters.hit('a', 1_000)).toEqual({ count: 1, resetMs: 1_000 });
  });

  it('are bounded in number', () => {
    const counters = new MemoryCounters(() => 0, 100);
    for (let index = 0; index < 10_000; index++) counters.hit(`address ${index}`, 1_000);
    expect(counters.size).toBe(100);
  });
});

describe('an act', () => {
  it('is refused beyond its limit, and looking does not count', async () => {
    const limits = new RateLimits(new MemoryCounters(() => 0));
    for (let count = 0; count < 30; count++) await limits.mayAct('unknownKey', 'x');
    for (let count = 0; count < 20; count++) await limits.act('unknownKey', 'x');
    await expect(limits.mayAct('unknownKey', 'x')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 60_000,
    });
    await expect(limits.act('unknownKey', 'x')).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(limits.mayAct('unknownKey', 'y')).resolves.toBeUndefined();
  });
});
