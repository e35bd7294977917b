import { type EmulatorConfig, loadConfig } from '../config';
import { TooManyRequestsError } from '../errors';
import { RateLimiter } from './rate-limiter';

describe('RateLimiter', () => {
  let now: number;
  const limiter = (rateLimits: EmulatorConfig['rateLimits']) =>
    new RateLimiter({ ...loadConfig({}), rateLimits }, () => now);
  const times = (count: number, take: () => void): void => {
    for (let i = 0; i < count; i++) take();
  };
  const refusal = (take: () => void): Record<string, unknown> => {
    try {
      take();
    } catch (error) {
      return { ...(error as TooManyRequestsError) };
    }
    return {};
  };

  beforeEach(() => {
    now = 1_000;
  });

  it.each([
    ['development', 100],
    ['production', 1_000],
  ] as const)('allows a %s instance %i requests in 10 s', (mode, limit) => {
    const rates = limiter(mode);
    times(limit, () => rates.take('GET', '/v1/users'));
    now += 2_500;
    expect(refusal(() => rates.take('GET', '/v1/users'))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '8' },
    });
    now += 7_500;
    expect(() => rates.take('GET', '/v1/users')).not.toThrow();
  });

  it('allows ten changes of a user in 10 s', () => {
    const rates = limiter('production');
    times(5, () => rates.take('PATCH', '/v1/users/user_1'));
    times(5, () => rates.take('PUT', '/v1/users/user_1/metadata'));
    expect(() => rates.take('PATCH', '/v1/users/user_1/metadata')).toThrow(TooManyRequestsError);
    expect(() => rates.take('GET', '/v1/users/user_1')).not.toThrow();
    expect(() => rates.take('PATCH', '/v1/users/user_2')).not.toThrow();
  });

  it('does not limit the JWKS', () => {
    const rates = limiter('development');
    expect(() => times(1_000, () => rates.take('GET', '/v1/jwks'))).not.toThrow();
  });

  it('has no limit when off, and resets its counts when the mode changes', () => {
    const rates = limiter('off');
    times(2_000, () => rates.take('PATCH', '/v1/users/user_1'));
    rates.setMode('development');
    times(10, () => rates.take('PATCH', '/v1/users/user_1'));
    expect(() => rates.take('PATCH', '/v1/users/user_1')).toThrow(TooManyRequestsError);
    rates.setMode('off');
    expect(() => rates.take('PATCH', '/v1/users/user_1')).not.toThrow();
  });
});
