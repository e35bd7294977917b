import { createSecretKey } from 'node:crypto';
import { LiveValue } from '@gatehouse/config';
import { SignedCursors } from './signed-cursors';

const secret = (letter: string) => createSecretKey(Buffer.from(letter.repeat(32)));
const cursorsOf = (...letters: string[]) => new SignedCursors(new LiveValue(letters.map(secret)));
const binding = ['items', 'user-1', { status: 'active' }, '-createdAt'];
const key = ['2026-01-05T10:00:00.000Z', '018f0000-0000-7000-8000-000000000001'];
const refused = expect.objectContaining({ reason: 'invalid_request', message: expect.stringContaining('cursor:') });

describe('a signed cursor', () => {
  const cursors = cursorsOf('a');
  const cursor = cursors.sign(binding, key);

  it('leads back to its sort key', () => {
    expect(cursors.read(binding, cursor)).toEqual(key);
  });

  it.each([
    ['another list', ['templates', 'user-1', { status: 'active' }, '-createdAt']],
    ['another user', ['items', 'user-2', { status: 'active' }, '-createdAt']],
    ['another filter', ['items', 'user-1', { status: 'paused' }, '-createdAt']],
    ['no filter', ['items', 'user-1', {}, '-createdAt']],
    ['another sort order', ['items', 'user-1', { status: 'active' }, 'createdAt']],
  ])('is rejected with %s', (_, other) => {
    expect(() => cursors.read(other, cursor)).toThrow(refused);
  });

  const changed = Buffer.from(cursor, 'base64url');
  changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
  it.each([
    ['has another key', changed.toString('base64url')],
    ['is cut', cursor.slice(0, -4)],
    ['is shorter than a signature', 'aaaa'],
    ['is empty', ''],
    ['is padded', `${cursor}=`],
    ['is a plain key', Buffer.from(JSON.stringify(key)).toString('base64url')],
    ['is not base64url', '%%%'],
  ])('is rejected when it %s', (_, forged) => {
    expect(() => cursors.read(binding, forged)).toThrow(refused);
  });

  it('outlives the rotation of the secret, until the old secret is removed', () => {
    expect(cursorsOf('b', 'a').read(binding, cursor)).toEqual(key);
    expect(() => cursorsOf('b').read(binding, cursor)).toThrow(refused);
    expect(cursorsOf('b').read(binding, cursorsOf('b', 'a').sign(binding, key))).toEqual(key);
  });
});
