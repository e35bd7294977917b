import { type FastifyReply } from 'fastify';
import { RateLimitedError } from '../errors';
import { applyStandings } from './rate-headers';
import { RateLimit } from './rate-policy';

const headers: Record<string, string> = {};
const reply = { header: (name: string, value: string) => (headers[name] = value) } as unknown as FastifyReply;
const standing = { limit: new RateLimit('read', 60, 60_000), used: 60, resetMs: 1_500 };
const ofKey = { limit: new RateLimit('api-key', 5, 60_000), used: 2, resetMs: 30_000 };

describe('standings', () => {
  it('are told one beside the other, rests rounded down to none and times up', () => {
    applyStandings(reply, [standing, ofKey]);
    expect(headers).toEqual({
      'ratelimit-policy': '"read";q=60;w=60, "api-key";q=5;w=60',
      ratelimit: '"read";r=0;t=2, "api-key";r=3;t=30',
    });
  });

  it('refuse when one is beyond its limit, until the last of those has its window over', () => {
    const refused = () =>
      applyStandings(reply, [
        { ...standing, used: 61 },
        { ...ofKey, used: 6 },
      ]);
    expect(refused).toThrow(new RateLimitedError(30_000));
  });

  it('refuse in the last instant of a window too', () => {
    expect(() => applyStandings(reply, [{ ...standing, used: 61, resetMs: 0 }])).toThrow(RateLimitedError);
  });
});
