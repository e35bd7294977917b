import { type Me } from './account';
import { renewalMs } from './renewal';

const me = (renewsAt: string) => ({ quotas: { tokens: { renewsAt } } }) as unknown as Me;
const NOW = Date.parse('2026-01-31T23:00:00.000Z');

it.each([
  ['after the end of the month, within a minute', '2026-02-01T00:00:00.000Z', 3_600_000 + 31_000],
  ['a day at most, because timers overflow', '2026-03-01T00:00:00.000Z', 86_400_000],
  ['within a minute when the month has ended already', '2026-01-01T00:00:00.000Z', 31_000],
])('quotas are fetched for their new month %s', (_, renewsAt, expected) => {
  expect(renewalMs(me(renewsAt), NOW, 0.5)).toBe(expected);
});

it('nothing is fetched for a new month without quotas', () => {
  expect([renewalMs(undefined, NOW, 0), renewalMs({ quotas: null }, NOW, 0)]).toEqual([false, false]);
});
