import { openSecret, sealSecret } from './secret-cipher';

const secret = 's'.repeat(32);
const context = { userId: 'u', path: 'POST /api/keys', key: 'k', sessionId: 'sess_1' };
const text = 'sk_dev_0123456789';

describe('a sealed secret', () => {
  it('can be opened with the secret that sealed it, wherever that one is in the list', () => {
    const sealed = sealSecret(text, secret, context);
    expect(openSecret(sealed, [secret], context)).toBe(text);
    expect(openSecret(sealed, ['n'.repeat(32), secret], context)).toBe(text);
  });

  it('does not contain the text, and differs each time', () => {
    const sealed = sealSecret(text, secret, context);
    expect(sealed.toString('latin1')).not.toContain(text.slice(-8));
    expect(sealSecret(text, secret, context).equals(sealed)).toBe(false);
  });

  it.each([
    ['user', { userId: 'v' }],
    ['path', { path: 'POST /api/items' }],
    ['idempotency key', { key: 'l' }],
    ['session', { sessionId: 'sess_2' }],
    ['user and path, joined in another way', { userId: 'u"', path: ',"POST /api/keys' }],
  ])('cannot be opened for another %s', (_, changed) => {
    expect(openSecret(sealSecret(text, secret, context), [secret], { ...context, ...changed })).toBeUndefined();
  });

  it('cannot be opened with another secret, or after any byte has changed', () => {
    const sealed = sealSecret(text, secret, context);
    expect(openSecret(sealed, ['n'.repeat(32)], context)).toBeUndefined();
    expect(openSecret(sealed, [], context)).toBeUndefined();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(openSecret(changed, [secret], context)).toBeUndefined();
      expect(openSecret(sealed.subarray(0, at), [secret], context)).toBeUndefined();
    }
  });
});
