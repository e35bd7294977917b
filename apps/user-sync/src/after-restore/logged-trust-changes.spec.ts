import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logLines, readTrustChanges } from './logged-trust-changes';

const at = Date.parse('2026-01-31T04:00:00Z');
const keyId = '00000000-0000-4000-8000-000000000001';
const revoked = { number: 7, kind: 'api_key', reason: 'revoked', at, keyId, userId: keyId };
const line = (change: object, message = 'trust change', time?: string) =>
  JSON.stringify({ level: 'info', time, service: 'user-sync', change, message });

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-log-'))));
afterAll(() => rmSync(directory, { recursive: true }));

function read(lines: readonly string[], since = 0) {
  const path = join(directory, 'user-sync.log');
  writeFileSync(path, lines.join('\n'));
  return readTrustChanges(logLines(path), since);
}

it('reads each trust change once, oldest first, although every replica logs it', async () => {
  const earlier = { ...revoked, number: 6, at: at - 1 };
  const found = await read([line(revoked), `2026-01-31T04:00:00Z stdout F ${line(revoked)}`, line(earlier)]);
  expect(found.map(({ number }) => number)).toEqual([6, 7]);
});

it('keeps two changes with one number, which a restore has given twice', async () => {
  const again = { ...revoked, at: at + 1 };
  expect(await read([line(revoked), line(again)])).toHaveLength(2);
});

it('ignores changes from before the end of the restored data', async () => {
  expect(await read([line(revoked)], at)).toHaveLength(1);
  expect(await read([line(revoked)], at + 1)).toEqual([]);
});

it('keeps a change whose transaction began before the end of the restored data and ended after it', async () => {
  const logged = line(revoked, 'trust change', '2026-01-31T04:00:02.000Z');
  expect(await read([logged], at + 1_000)).toHaveLength(1);
  expect(await read([logged], at + 3_000)).toEqual([]);
});

it('ignores a change from long before the end of the restored data that a replica logged again when it started', async () => {
  const logged = line(revoked, 'trust change', '2026-01-31T04:50:00.000Z');
  expect(await read([logged], at + 120_000)).toEqual([]);
});

it('fails when the log cannot be read', async () => {
  const found = readTrustChanges(logLines(join(directory, 'missing.log')), 0);
  await expect(found).rejects.toMatchObject({ code: 'ENOENT' });
});

it.each([
  ['other messages', line(revoked, 'event success')],
  ['a message that only quotes it', JSON.stringify({ change: revoked, message: 'x', quoted: 'trust change' })],
  ['lines that were cut', line(revoked).slice(0, -20)],
  ['changes that cannot be read', line({ ...revoked, keyId: 'x' })],
])('ignores %s', async (_, log) => {
  expect(await read([log])).toEqual([]);
});
