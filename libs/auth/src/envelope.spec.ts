import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { type EnvelopeRequest, type Principal } from '@gatehouse/contracts';
import { createEnvelopeSigner, createEnvelopeVerifier } from './envelope';
import { type EnvelopeFault, type EnvelopeInvalidError, KeyInvalidError } from './errors';

const pem = (type: 'ed25519' | 'x25519') => {
  const { privateKey, publicKey } = generateKeyPairSync(type as 'ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    key: privateKey,
  };
};
const keys = pem('ed25519');
const NOW = Date.UTC(2026, 0, 2);
const subject = 'user-sync.me.get';
const body = Buffer.from('{"a":1}');
const principal: Principal = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_1',
  method: 'clerk_session',
  role: 'user',
  tier: 'free',
  scopes: [],
  sessionId: 'sess_1',
};
/** Signs the envelope of one request. */
const signerOf =
  (privateKey: string) =>
  (request: EnvelopeRequest): string =>
    createEnvelopeSigner(privateKey, () => NOW)([request]).join();
const signer = signerOf(keys.privateKey);
const verifyAt = (at: number) => createEnvelopeVerifier(keys.publicKey, () => at);
const envelope = signer({ subject, body, requestId: 'r1', principal });

function signed(claims: Record<string, unknown>): string {
  const good = { sub: subject, bh: sha256(body), rid: 'r', iat: NOW, exp: NOW + 5_000, principal: null };
  const payload = Buffer.from(JSON.stringify({ ...good, ...claims })).toString('base64url');
  return `${payload}.${sign(null, Buffer.from(payload), keys.key).toString('base64url')}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

describe('the principal envelope', () => {
  it('is valid for the request for which it was signed', () => {
    expect(verifyAt(NOW)(envelope, subject, body)).toEqual({
      sub: subject,
      bh: sha256(body),
      rid: 'r1',
      iat: NOW,
      exp: NOW + 10_000,
      principal,
    });
  });

  it.each<[string, EnvelopeFault, string | undefined, string, Uint8Array, number]>([
    ['a missing envelope', 'missing', undefined, subject, body, NOW],
    ['another subject', 'subject', envelope, 'user-sync.me.update', body, NOW],
    ['another body', 'body', envelope, subject, Buffer.from('{"a":2}'), NOW],
    ['a replay after its expiry', 'expired', envelope, subject, body, NOW + 12_000],
    ['an iat in the future', 'not_yet_valid', envelope, subject, body, NOW - 2_001],
    ['a lifetime over ten seconds', 'lifetime', signed({ exp: NOW + 10_001 }), subject, body, NOW],
    ['an exp before its iat', 'lifetime', signed({ exp: NOW }), subject, body, NOW],
    ['claims of another shape', 'claims', signed({ principal: { userId: 'me' } }), subject, body, NOW],
    ['a time that is none', 'claims', signed({ exp: '9e99' }), subject, body, NOW],
    ['padding', 'malformed', `${envelope}=`, subject, body, NOW],
    ['a third part', 'malformed', `${envelope}.e30`, subject, body, NOW],
    ['a cut signature', 'malformed', envelope.slice(0, -4), subject, body, NOW],
    ['an endless text', 'malformed', 'a'.repeat(100_000), subject, body, NOW],
    [
      'another signer',
      'signature',
      signerOf(pem('ed25519').privateKey)({ subject, body, requestId: 'r', principal }),
      subject,
      body,
      NOW,
    ],
    [
      'altered claims',
      'signature',
      `${Buffer.from('{}').toString('base64url')}.${envelope.split('.')[1]}`,
      subject,
      body,
      NOW,
    ],
  ])('is rejected for %s as %s', (_, fault, text, onSubject, onBody, at) => {
    expect(() => verifyAt(at)(text, onSubject, onBody)).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_INVALID', fault }),
    );
  });

  it('contains the signed origin of the request', () => {
    const origin = { sourceIp: '203.0.113.9', userAgent: 'curl' };
    const text = signer({ subject, body, requestId: 'r1', principal, origin });
    expect(verifyAt(NOW)(text, subject, body).origin).toEqual(origin);
    const [payload = '', signature] = text.split('.');
    const moved = Buffer.from(payload, 'base64url').toString().replace('203.0.113.9', '203.0.113.8');
    expect(() => verifyAt(NOW)(`${Buffer.from(moved).toString('base64url')}.${signature}`, subject, body)).toThrow(
      expect.objectContaining({ fault: 'signature' }),
    );
  });

  it('reports by how much the clocks differ when nothing else is wrong', () => {
    const told = (at: number, on = subject) => {
      try {
        verifyAt(at)(envelope, on, body);
      } catch (error) {
        return (error as EnvelopeInvalidError).signerAheadMs;
      }
    };
    expect([told(NOW - 2_001), told(NOW + 12_000)]).toEqual([2_001, -12_000]);
    expect(told(NOW - 2_001, 'user-sync.me.update')).toBeUndefined();
  });

  it('tolerates clocks that differ by up to two seconds', () => {
    expect(verifyAt(NOW - 2_000)(envelope, subject, body).rid).toBe('r1');
    expect(verifyAt(NOW + 11_999)(envelope, subject, body).rid).toBe('r1');
  });

  it('accepts only Ed25519 keys, and no private key for verifying', () => {
    expect(() => createEnvelopeSigner('hunter2')).toThrow(KeyInvalidError);
    expect(() => createEnvelopeSigner('hunter2')).not.toThrow(/hunter2/);
    expect(() => createEnvelopeSigner(pem('x25519').privateKey)).toThrow(KeyInvalidError);
    expect(() => createEnvelopeVerifier(pem('x25519').publicKey)).toThrow(KeyInvalidError);
    expect(() => createEnvelopeVerifier(keys.privateKey)).toThrow(KeyInvalidError);
  });

  it('accepts an envelope of either of two keys, but of no third', () => {
    const [old, next, other] = [pem('ed25519'), pem('ed25519'), pem('ed25519')];
    const verify = createEnvelopeVerifier(`${old.publicKey}${next.publicKey}`, () => NOW);
    const signedBy = (pair: typeof old) => signerOf(pair.privateKey)({ subject, body, requestId: 'r1', principal });

    expect([old, next].map((pair) => verify(signedBy(pair), subject, body).rid)).toEqual(['r1', 'r1']);
    expect(() => verify(signedBy(other), subject, body)).toThrow(expect.objectContaining({ fault: 'signature' }));
  });

  it('rejects three public keys, and a block that is cut off', () => {
    const [one, two, three] = [pem('ed25519').publicKey, pem('ed25519').publicKey, pem('ed25519').publicKey];
    expect(() => createEnvelopeVerifier(`${one}${two}${three}`)).toThrow(KeyInvalidError);
    expect(() => createEnvelopeVerifier(`${one}${two.slice(0, 60)}`)).toThrow(KeyInvalidError);
    expect(() => createEnvelopeVerifier('')).toThrow(KeyInvalidError);
  });
});
