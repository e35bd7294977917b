import { type KeyObject, createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type EnvelopeClaims, type Origin, type Principal, envelopeClaimsSchema } from '@gatehouse/contracts';
import { decodeBase64Url } from './base64url';
import { type Clock, systemClock } from './clock';
import { EnvelopeInvalidError, KeyInvalidError } from './errors';

/**
 * Signs the envelope of a request. The envelope binds the principal to the NATS subject and the body of the request.
 */
export type EnvelopeSigner = (request: {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly origin?: Origin | undefined;
}) => string;

/**
 * Verifies an envelope against the subject and body of its request.
 * @throws EnvelopeInvalidError
 */
export type EnvelopeVerifier = (envelope: string | undefined, subject: string, body: Uint8Array) => EnvelopeClaims;

/** Maximum lifetime of an envelope. */
const LIFETIME_MS = 10_000;
/** Allowed difference between the clocks of the signing and the verifying host. */
const SKEW_MS = 2_000;
const MAX_LENGTH = 16 * 1024;
const ED25519_SIGNATURE_BYTES = 64;
const MAX_PUBLIC_KEYS = 2;
const PEM_BLOCK = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * Creates the signer of principal envelopes from an Ed25519 private key in PEM. An envelope is `<claims>.<signature>`,
 * both in base64url. The signature (Ed25519) covers the base64url text of the claims.
 * @throws KeyInvalidError
 */
export function createEnvelopeSigner(privateKeyPem: string, now: Clock = systemClock): EnvelopeSigner {
  const key = ed25519(() => createPrivateKey(privateKeyPem));
  return ({ subject, body, requestId, principal, origin }) => {
    const iat = now();
    const claims: EnvelopeClaims = {
      sub: subject,
      bh: bodyHash(body),
      rid: requestId,
      iat,
      exp: iat + LIFETIME_MS,
      principal,
      ...(origin !== undefined && { origin }),
    };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${payload}.${sign(null, Buffer.from(payload), key).toString('base64url')}`;
  };
}

/**
 * Creates the verifier of principal envelopes from the gateway's Ed25519 public key in PEM. While one key replaces
 * another there are two, one after the other, and an envelope of either is accepted.
 * @throws KeyInvalidError
 */
export function createEnvelopeVerifier(publicKeysPem: string, now: Clock = systemClock): EnvelopeVerifier {
  const keys = publicKeys(publicKeysPem);
  return (envelope, subject, body) => {
    const claims = open(envelope, keys);
    if (claims.sub !== subject) throw new EnvelopeInvalidError('subject');
    if (claims.bh !== bodyHash(body)) throw new EnvelopeInvalidError('body');
    checkTimes(claims, now());
    return claims;
  };
}

/** Reads one or two public keys, and rejects text between them: a block that is not read would verify nothing. */
function publicKeys(pem: string): readonly KeyObject[] {
  // createPublicKey also accepts a private key, which a service that only verifies must not have.
  if (pem.includes('PRIVATE KEY')) throw new KeyInvalidError('is a private key where a public one belongs');
  const blocks = pem.match(PEM_BLOCK) ?? [];
  if (pem.replace(PEM_BLOCK, '').trim() !== '') throw new KeyInvalidError('has text that is no key in PEM');
  if (blocks.length === 0 || blocks.length > MAX_PUBLIC_KEYS) throw new KeyInvalidError('must be one key, or two');
  return blocks.map((block) => ed25519(() => createPublicKey(block)));
}

function open(envelope: string | undefined, keys: readonly KeyObject[]): EnvelopeClaims {
  if (envelope === undefined || envelope === '') throw new EnvelopeInvalidError('missing');
  if (envelope.length > MAX_LENGTH) throw new EnvelopeInvalidError('malformed');
  const [payload = '', signature = '', ...more] = envelope.split('.');
  const [claims, tag] = [decodeBase64Url(payload), decodeBase64Url(signature)];
  if (more.length > 0 || claims === undefined || tag?.length !== ED25519_SIGNATURE_BYTES) {
    throw new EnvelopeInvalidError('malformed');
  }
  const signed = Buffer.from(payload);
  if (!keys.some((key) => verify(null, signed, key, tag))) throw new EnvelopeInvalidError('signature');
  return parseClaims(claims);
}

function parseClaims(bytes: Buffer): EnvelopeClaims {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new EnvelopeInvalidError('claims');
  }
  const parsed = envelopeClaimsSchema.safeParse(json);
  if (!parsed.success) throw new EnvelopeInvalidError('claims');
  return parsed.data;
}

function checkTimes({ iat, exp }: EnvelopeClaims, at: number): void {
  if (exp <= iat || exp - iat > LIFETIME_MS) throw new EnvelopeInvalidError('lifetime');
  if (iat > at + SKEW_MS) throw new EnvelopeInvalidError('not_yet_valid', iat - at);
  if (exp <= at - SKEW_MS) throw new EnvelopeInvalidError('expired', iat - at);
}

function bodyHash(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url');
}

function ed25519(load: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = load();
  } catch (cause) {
    throw new KeyInvalidError('is not a key in PEM', { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyInvalidError('is not an Ed25519 key');
  return key;
}
