import { spanOf } from './ledger-series';

const now = Date.parse('2026-01-05T10:00:30.250Z');
const span = (request: { since?: string; until?: string; step?: number }) => {
  const { sinceMs, untilMs } = spanOf({ step: 60, ...request }, now);
  return [new Date(sinceMs).toISOString(), new Date(untilMs).toISOString()];
};

it('without times a series is of the last hour, from the start of a step', () => {
  expect(span({})).toEqual(['2026-01-05T09:00:00.000Z', '2026-01-05T10:00:30.250Z']);
});

it('a series does not reach into the future', () => {
  expect(span({ since: '2026-01-05T09:30:00Z', until: '2026-02-05T09:30:00Z' })).toEqual([
    '2026-01-05T09:30:00.000Z',
    '2026-01-05T10:00:30.250Z',
  ]);
});

it('a series of the first hour of the first year, which would begin in a year before it, is one of 1970', () => {
  expect(span({ until: '0001-01-01T00:30:00Z' })).toEqual(['1969-12-31T23:00:00.000Z', '1970-01-01T00:00:00.000Z']);
});

it('a span that is too long begins later', () => {
  expect(span({ since: '2020-01-01T00:00:00Z', step: 86_400 })).toEqual([
    '2025-12-05T00:00:00.000Z',
    '2026-01-05T10:00:30.250Z',
  ]);
});

it('a step that is too short is longer, so that there are at most 1440', () => {
  const { sinceMs, untilMs, stepMs } = spanOf({ since: '2026-01-03T10:00:30.250Z', step: 60 }, now);
  expect(stepMs).toBe(121_000);
  expect(Math.ceil((untilMs - sinceMs) / stepMs)).toBeLessThanOrEqual(1_440);
});

it('a span that begins at its end or later is empty', () => {
  expect(span({ since: '2026-01-05T10:00:31Z' })).toEqual(['2026-01-05T10:00:30.250Z', '2026-01-05T10:00:30.250Z']);
});
