import { SilentFeed } from './silent-feed';

describe('a feed', () => {
  it('is not silent while it brings what the stream stores', () => {
    const feed = new SilentFeed();
    feed.check(10, 0);
    feed.heard(11);
    feed.check(11, 2_000);
    // It has until the next check to bring the twelfth.
    feed.check(12, 4_000);
    feed.heard(12);
    feed.check(12, 6_000);
    expect(feed.since(6_000)).toBeUndefined();
  });

  it('is silent since it first missed something, until it brings something', () => {
    const feed = new SilentFeed();
    for (let n = 0; n < 5; n += 1) feed.check(10 + n, n * 2_000);
    expect(feed.since(8_000)).toBe(4_000);
    feed.heard(15);
    expect(feed.since(8_000)).toBeUndefined();
  });

  it('is forgiven a single loss after a minute in which the stream stored nothing', () => {
    const feed = new SilentFeed();
    feed.check(10, 0);
    feed.check(11, 2_000);
    feed.check(11, 4_000);
    expect(feed.since(5_000)).toBe(4_000);
    feed.check(11, 63_000);
    expect(feed.since(64_000)).toBeUndefined();
  });

  it('need not bring what was stored before the connection was made, nor what another stream had', () => {
    const feed = new SilentFeed();
    feed.check(10, 0);
    feed.check(20, 2_000);
    feed.restart();
    feed.check(30, 4_000);
    feed.check(30, 6_000);
    feed.check(5, 8_000);
    feed.check(5, 10_000);
    expect(feed.since(10_000)).toBeUndefined();
  });
});
