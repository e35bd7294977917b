import { fits, monthAfter, remainingOf, renewalOf } from './quota';

const balance = { limit: 100, granted: 20, used: 50, reserved: 30 };

describe('remainingOf', () => {
  it('is the limit and the grants, less what is used and reserved', () => {
    expect(remainingOf(balance)).toBe(40);
  });

  it('is negative when more was used than the limit', () => {
    expect(remainingOf({ ...balance, limit: 10 })).toBe(-50);
  });
});

describe('fits', () => {
  it('accepts the last unit and rejects one more', () => {
    expect(fits(balance, 40)).toBe(true);
    expect(fits(balance, 41)).toBe(false);
  });

  it('rejects everything while the balance is negative', () => {
    expect(fits({ ...balance, limit: 10 }, 1)).toBe(false);
  });
});

describe('renewalOf', () => {
  it.each([
    ['2026-11', '2026-12-01T00:00:00.000Z'],
    ['2026-12', '2027-01-01T00:00:00.000Z'],
    ['2028-02', '2028-03-01T00:00:00.000Z'],
    ['2026-09', '2026-10-01T00:00:00.000Z'],
  ])('of %s is %s', (period, renewsAt) => {
    expect(renewalOf(period)).toBe(renewsAt);
  });

  it('goes through twelve months in a year', () => {
    let period = '2026-01';
    for (let month = 0; month < 12; month += 1) period = monthAfter(period);
    expect(period).toBe('2027-01');
  });
});
