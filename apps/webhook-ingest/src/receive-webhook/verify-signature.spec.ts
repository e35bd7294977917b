import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { type SigningSecret, parseSigningSecret } from './signing-secret';
import { type SvixHeaders, readSvixHeaders } from './svix-headers';
import { type Verification, verifySignature } from './verify-signature';

const vector = JSON.parse(readFileSync(join(__dirname, '../../fixtures/clerk/svix.vector.json'), 'utf8')) as {
  secret: string;
  body: string;
  'svix-id': string;
  'svix-timestamp': string;
  'svix-signature': string;
};
const key = parseSigningSecret(vector.secret);
const otherSecret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;
const sentAtMs = Number(vector['svix-timestamp']) * 1000;
const good = { id: vector['svix-id'], timestamp: vector['svix-timestamp'], signature: vector['svix-signature'] };

function verify(
  change: Partial<Record<keyof SvixHeaders, string | string[]>> = {},
  {
    secrets = [key],
    nowMs = sentAtMs,
    body = vector.body,
  }: { secrets?: SigningSecret[]; nowMs?: number; body?: string } = {},
): Verification {
  const all = { ...good, ...change };
  const list = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);
  const headers = { id: list(all.id), timestamp: list(all.timestamp), signature: list(all.signature) };
  return verifySignature(secrets, headers, Buffer.from(body), nowMs);
}

describe('a signature', () => {
  it('of the known-answer vector is valid', () => {
    expect(verify()).toEqual({
      ok: true,
      webhookId: vector['svix-id'],
      sentAt: new Date(sentAtMs),
      signedBy: key.fingerprint,
    });
  });

  it.each([
    ['svix', (secret: string) => new SvixWebhook(secret)],
    ['standardwebhooks', (secret: string) => new StandardWebhook(secret)],
  ])('made by %s is valid', (_name, make) => {
    const signature = make(vector.secret).sign(vector['svix-id'], new Date(sentAtMs), vector.body);
    expect(verify({ signature })).toMatchObject({ ok: true });
  });

  it('is valid for any of the secrets, and the secret is identified', () => {
    expect(verify({}, { secrets: [parseSigningSecret(otherSecret), key] })).toMatchObject({
      ok: true,
      signedBy: key.fingerprint,
    });
  });

  it('is found in a list among signatures of other versions', () => {
    const signature = `v1a,abc v2,${'A'.repeat(44)} v1,${'A'.repeat(43)}= ${good.signature}`;
    expect(verify({ signature })).toMatchObject({ ok: true });
  });

  it.each([
    ['by another secret', {}, { secrets: [parseSigningSecret(otherSecret)] }],
    ['without any secret', {}, { secrets: [] }],
    ['of another body', {}, { body: `${vector.body} ` }],
    ['of another id', { id: 'msg_other' }, {}],
    ['of another time', { timestamp: String(sentAtMs / 1000 + 1) }, {}],
    ['of another version', { signature: good.signature.replace('v1', 'v2') }, {}],
    ['without padding', { signature: good.signature.slice(0, -1) }, {}],
    ['in another spelling of the same bytes', { signature: good.signature.replace('0=', '1=') }, {}],
    ['in base64url', { signature: good.signature.replaceAll('/', '_') }, {}],
    ['that is empty', { signature: 'v1,' }, {}],
  ])('%s is not valid', (_what, change, options) => {
    expect(verify(change, options)).toEqual({ ok: false, reason: 'signature_mismatch' });
  });

  it.each([
    [300_000, { ok: true }],
    [-300_000, { ok: true }],
    [301_000, { ok: false, reason: 'timestamp_too_old', signedBy: key.fingerprint }],
    [-301_000, { ok: false, reason: 'timestamp_too_new', signedBy: key.fingerprint }],
  ])('that is checked %d ms after its time is accepted within five minutes only', (laterMs, expected) => {
    expect(verify({}, { nowMs: sentAtMs + laterMs })).toMatchObject(expected);
  });

  it('that is forged is distinguished from a valid one with an old timestamp', () => {
    expect(verify({ id: 'msg_other' }, { nowMs: sentAtMs + 400_000 })).not.toHaveProperty('signedBy');
  });
});

describe('the Svix headers', () => {
  it.each(['id', 'timestamp', 'signature'] as const)('are rejected when %s is missing, empty or repeated', (name) => {
    expect(verify({ [name]: [] })).toEqual({ ok: false, reason: 'missing_header' });
    expect(verify({ [name]: '' })).toEqual({ ok: false, reason: 'missing_header' });
    expect(verify({ [name]: [good[name], good[name]] })).toEqual({ ok: false, reason: 'duplicate_header' });
  });

  it.each([
    ['an id with a dot', { id: 'msg_a.b' }],
    ['an id with white space', { id: 'msg_a b' }],
    ['an id beyond ASCII', { id: 'msg_é' }],
    ['an id of 257 characters', { id: 'm'.repeat(257) }],
    ['a negative time', { timestamp: '-1' }],
    ['a fractional time', { timestamp: '1.5' }],
    ['a time in hexadecimal', { timestamp: '0x10' }],
    ['a time with a space', { timestamp: ' 1' }],
    ['thousands of signatures', { signature: `${good.signature} `.repeat(1_000) }],
  ])('are malformed with %s', (_what, change) => {
    expect(verify(change)).toEqual({ ok: false, reason: 'malformed_header' });
  });

  it('are read in any case, and repeated headers are not joined', () => {
    const raw = ['Svix-Id', 'a', 'SVIX-ID', 'b', 'constructor', 'x', 'svix-timestamp', '1'];
    expect(readSvixHeaders(raw)).toEqual({ id: ['a', 'b'], timestamp: ['1'], signature: [] });
  });
});

describe('a signing secret', () => {
  it('is identified by the first digits of the SHA-256 of its text', () => {
    expect(parseSigningSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').fingerprint).toBe('96ad2ccd8146');
  });

  it.each(['', 'whsec_', 'sk_abc', 'whsec_!!!!', `whsec_${Buffer.alloc(15).toString('base64')}`, 'whsec_abcde'])(
    '%p is rejected, and the message does not contain it',
    (secret) => {
      try {
        parseSigningSecret(secret);
        throw new RangeError('was taken');
      } catch (error) {
        expect(error).toMatchObject({ code: 'SIGNING_SECRET_INVALID' });
        if (secret.length > 6) expect((error as Error).message).not.toContain(secret.slice(6));
      }
    },
  );
});
