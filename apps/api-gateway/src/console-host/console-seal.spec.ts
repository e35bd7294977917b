import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { ConsoleSeal } from './console-seal';

const privateKey = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const key = privateKey();
const seal = ConsoleSeal.of(key);
const NOW = Date.UTC(2026, 0, 2);
const content = { id: randomUUID(), keyHash: 'a'.repeat(64), expiresAt: NOW + 1 };
const session = seal.seal('session', content);

describe('a sealed session', () => {
  it('is opened by every gateway that has the key', () => {
    expect(ConsoleSeal.of(key).open('session', session, NOW)).toEqual(content);
  });

  it('ends at its expiry', () => {
    expect(seal.open('session', session, NOW + 1)).toBeUndefined();
  });

  it('hides what it holds, and differs from another of the same content', () => {
    expect(Buffer.from(session, 'base64url').toString('latin1')).not.toContain('aaaa');
    expect(seal.seal('session', content)).not.toBe(session);
  });

  it('is no code, and a code is no session', () => {
    expect(seal.open('code', session, NOW)).toBeUndefined();
    expect(seal.open('session', seal.seal('code', content), NOW)).toBeUndefined();
  });

  it('is not opened with another key', () => {
    expect(ConsoleSeal.of(privateKey()).open('session', session, NOW)).toBeUndefined();
  });

  it('is not opened after a change of any byte', () => {
    const bytes = Buffer.from(session, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect([at, seal.open('session', changed.toString('base64url'), NOW)]).toEqual([at, undefined]);
    }
  });

  it.each(['', 'a', session.slice(0, 38), `${session}=`, `${session} `, 'a'.repeat(100_000)])(
    'is not the text number %#',
    (text) => expect(seal.open('session', text, NOW)).toBeUndefined(),
  );
});
