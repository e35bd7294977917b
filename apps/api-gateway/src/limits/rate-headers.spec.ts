import { RateLimitedError } from '../errors';
import { exceededLimit, rateHeaders } from './rate-headers';
import { RateLimit } from './rate-limits';

const standing = { limit: new RateLimit('read', 60, 60_000), used: 60, resetMs: 1_500 };
const ofKey = { limit: new RateLimit('api-key', 5, 60_000), used: 2, resetMs: 30_000 };

describe('rate limits of a request', () => {
  it('lists every limit, with at least 0 remaining requests and times rounded up', () => {
    expect(rateHeaders([standing, ofKey])).toEqual({
      'ratelimit-policy': '"read";q=60;w=60, "api-key";q=5;w=60',
      ratelimit: '"read";r=0;t=2, "api-key";r=3;t=30',
    });
  });

  it('rejects a request beyond any limit, until the latest window of an exceeded limit ends', () => {
    const exceeded = exceededLimit([
      { ...standing, used: 61 },
      { ...ofKey, used: 6 },
    ]);
    expect(exceeded).toBeInstanceOf(RateLimitedError);
    expect(exceeded?.retryAfterMs).toBe(30_000);
  });

  it('rejects in the last instant of a window too', () => {
    expect(exceededLimit([{ ...standing, used: 61, resetMs: 0 }])).toBeInstanceOf(RateLimitedError);
    expect(exceededLimit([standing])).toBeUndefined();
  });
});
