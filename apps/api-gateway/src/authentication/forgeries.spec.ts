import { Forgeries } from './forgeries';

const LIMIT = 20;
const unlucky = () => 0.999_999;

/** Sends forged tokens and returns how many signatures were checked. */
function forge(forgeries: Forgeries, session: string | undefined, address: string, times: number): number {
  let checked = 0;
  for (let count = 0; count < times; count++) {
    try {
      expect(forgeries.check(session, address, () => (checked++, false))).toBe(false);
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited' });
    }
  }
  return checked;
}

const accept = (forgeries: Forgeries, session: string | undefined, address: string) => () =>
  forgeries.check(session, address, () => true);
const rejected = (retryAfterMs: number) => expect.objectContaining({ code: 'rate_limited', retryAfterMs }) as Error;

describe('Forgeries', () => {
  it('checks twenty forged tokens per second and address, without affecting other addresses', () => {
    let now = 0;
    const forgeries = new Forgeries({ now: () => now, random: unlucky });
    expect(forge(forgeries, undefined, 'a', LIMIT - 1)).toBe(LIMIT - 1);
    expect(accept(forgeries, undefined, 'a')()).toBe(true);
    expect(forge(forgeries, undefined, 'a', 500)).toBe(1);
    now = 900;
    expect(accept(forgeries, undefined, 'a')).toThrow(rejected(100));
    expect(accept(forgeries, undefined, 'b')()).toBe(true);
    now = 1_000;
    expect(accept(forgeries, undefined, 'a')()).toBe(true);
  });

  it('does not count valid tokens', () => {
    const forgeries = new Forgeries({ now: () => 0, random: unlucky });
    for (let count = 0; count < 1_000; count++) expect(accept(forgeries, undefined, 'a')()).toBe(true);
    expect(forge(forgeries, undefined, 'a', 500)).toBe(LIMIT);
  });

  it('checks a random share of the tokens beyond the first twenty of a second', () => {
    let draw = 0;
    const forgeries = new Forgeries({ now: () => 0, random: () => draw });
    draw = 0.999_999;
    forge(forgeries, undefined, 'a', 999);
    draw = 0.020_1;
    expect(accept(forgeries, undefined, 'a')).toThrow(rejected(1_000));
    draw = 0.019_9;
    expect(accept(forgeries, undefined, 'a')()).toBe(true);
  });

  it.each([
    [100, 80],
    [1_000, 120],
    [10_000, 175],
  ])('checks, of %d tokens that are forged in a second, fewer than %d', (sent, most) => {
    // A uniform sequence of numbers, the same in every run.
    let drawn = 0;
    const forgeries = new Forgeries({ now: () => 0, random: () => (drawn = (drawn + 0.618_033_988_749_895) % 1) });
    const checked = forge(forgeries, undefined, 'a', sent);
    expect(checked).toBeLessThan(most);
    expect(checked).toBeGreaterThan(LIMIT);
  });

  it('still checks tokens of a known session while tokens of other sessions are forged', () => {
    const forgeries = new Forgeries({ now: () => 0, random: unlucky });
    forgeries.vouch('sess_1');
    forgeries.vouch('sess_2');
    forge(forgeries, 'sess_3', 'a', 500);
    expect(accept(forgeries, 'sess_1', 'a')()).toBe(true);
    expect(accept(forgeries, 'sess_3', 'a')).toThrow(rejected(1_000));
    forge(forgeries, 'sess_2', 'a', 500);
    expect(accept(forgeries, 'sess_1', 'a')()).toBe(true);
  });

  it('checks twenty more forged tokens of a known session, which stays known', () => {
    let now = 0;
    const forgeries = new Forgeries({ now: () => now, random: unlucky });
    forgeries.vouch('sess_1');
    forge(forgeries, undefined, 'a', 500);
    expect(forge(forgeries, 'sess_1', 'a', LIMIT - 1)).toBe(LIMIT - 1);
    expect(accept(forgeries, 'sess_1', 'a')()).toBe(true);
    expect(forge(forgeries, 'sess_1', 'a', 500)).toBe(1);
    expect(accept(forgeries, 'sess_1', 'a')).toThrow(rejected(1_000));
    expect(accept(forgeries, 'sess_1', 'b')()).toBe(true);
    now = 1_000;
    forge(forgeries, undefined, 'a', 500);
    expect(accept(forgeries, 'sess_1', 'a')()).toBe(true);
  });

  it('bounds the sessions and names that it remembers', () => {
    const forgeries = new Forgeries({ now: () => 0, bounds: { sessions: 100, names: 50 } });
    for (let index = 0; index < 1_000; index++) forgeries.vouch(`sess_${index}`);
    expect(forgeries.size).toBe(100);
    for (let index = 0; index < 1_000; index++) forge(forgeries, undefined, `address ${index}`, 1);
    expect(forgeries.size).toBeLessThanOrEqual(100 + 50 + 1_024);
  });
});
