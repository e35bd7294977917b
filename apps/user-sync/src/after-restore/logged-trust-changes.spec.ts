import { readTrustChanges } from './logged-trust-changes';

const at = Date.parse('2026-01-31T04:00:00Z');
const keyId = '00000000-0000-4000-8000-000000000001';
const revoked = { number: 7, kind: 'api_key', reason: 'revoked', at, keyId, userId: keyId };
const line = (change: object, message = 'trust change') =>
  JSON.stringify({ level: 'info', service: 'user-sync', change, message });

it('reads each trust change once, oldest first, although every replica logs it', () => {
  const earlier = { ...revoked, number: 6, at: at - 1 };
  const log = [line(revoked), `2026-01-31T04:00:00Z stdout F ${line(revoked)}`, line(earlier)].join('\n');
  expect(readTrustChanges(log, 0).map(({ number }) => number)).toEqual([6, 7]);
});

it('keeps two changes with one number, which a restore has given twice', () => {
  const again = { ...revoked, at: at + 1 };
  expect(readTrustChanges([line(revoked), line(again)].join('\n'), 0)).toHaveLength(2);
});

it('ignores changes from before the end of the restored data', () => {
  expect(readTrustChanges(line(revoked), at)).toHaveLength(1);
  expect(readTrustChanges(line(revoked), at + 1)).toEqual([]);
});

it.each([
  ['other messages', line(revoked, 'event success')],
  ['a message that only quotes it', JSON.stringify({ change: revoked, message: 'x', quoted: 'trust change' })],
  ['lines that were cut', line(revoked).slice(0, -20)],
  ['changes that cannot be read', line({ ...revoked, keyId: 'x' })],
])('ignores %s', (_, log) => {
  expect(readTrustChanges(log, 0)).toEqual([]);
});
