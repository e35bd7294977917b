import { effectiveLimit, tierLimits } from './tier-limits';

describe('effectiveLimit', () => {
  it.each([
    ['free', 10_000, 20, 100],
    ['pro', 1_000_000, 1_000, 10_000],
    ['enterprise', 1_000_000, 1_000, 10_000],
  ] as const)('is the documented limit of the tier %s', (tier, tokens, uploads, rows) => {
    const kinds = ['tokens', 'uploads', 'items', 'templates', 'sessions'] as const;
    const limits = kinds.map((kind) => effectiveLimit(tier, kind));
    expect(limits).toEqual([tokens, uploads, rows, rows, rows]);
  });

  it('is the limit that an admin has set, whatever the tier, also if it is zero', () => {
    expect(effectiveLimit('free', 'tokens', 5_000_000)).toBe(5_000_000);
    expect(effectiveLimit('pro', 'items', 0)).toBe(0);
    expect(effectiveLimit('enterprise', 'uploads', null)).toBe(tierLimits.enterprise.uploads);
  });
});
