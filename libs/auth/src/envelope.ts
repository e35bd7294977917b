import { type KeyObject, createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import {
  type EnvelopeClaims,
  type EnvelopeRequest,
  type EnvelopeSigner,
  envelopeClaimsSchema,
} from '@gatehouse/contracts';
import { decodeBase64Url } from './base64url';
import { type Clock, systemClock } from './clock';
import { EnvelopeInvalidError, KeyInvalidError } from './errors';
import { MAX_ENVELOPES, shareSignature, signedRootOf } from './shared-signature';

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
/** Shared signatures that a verifier remembers. One is of use for the moment in which its requests arrive. */
const MAX_SHARED_SIGNATURES = 1_024;
const PEM_BLOCK = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * Creates the signer of principal envelopes from an Ed25519 private key in PEM. An envelope of a single request is
 * `<claims>.<signature>`, both in base64url. The signature (Ed25519) covers the base64url text of the claims. Several
 * requests share a signature: `<claims>.<signature>.<proof>`.
 * @throws KeyInvalidError
 * @see docs/adr/0026-one-signature-for-the-envelopes-of-a-turn.md
 */
export function createEnvelopeSigner(privateKeyPem: string, now: Clock = systemClock): EnvelopeSigner {
  const key = ed25519(() => createPrivateKey(privateKeyPem));
  const signed = (content: Buffer) => sign(null, content, key).toString('base64url');
  return (requests) => {
    const iat = now();
    const claims = requests.map((request) => claimsOf(request, iat));
    return chunks(claims, MAX_ENVELOPES).flatMap((some) => {
      const [only] = some;
      return only !== undefined && some.length === 1
        ? [`${only}.${signed(Buffer.from(only))}`]
        : shareSignature(some, signed);
    });
  };
}

/**
 * Creates the verifier of principal envelopes from the gateway's Ed25519 public key in PEM. While one key replaces
 * another there are two, one after the other, and an envelope of either is accepted.
 *
 * An envelope is `<claims>.<signature>`, or `<claims>.<signature>.<proof>`: then the signature covers several envelopes,
 * and the proof shows that these claims are among them.
 * @throws KeyInvalidError
 */
export function createEnvelopeVerifier(publicKeysPem: string, now: Clock = systemClock): EnvelopeVerifier {
  const keys = publicKeys(publicKeysPem);
  const isSigned = (signed: Buffer, signature: Buffer) => keys.some((key) => verify(null, signed, key, signature));
  const isSignedRoot = remembered(isSigned);
  return (envelope, subject, body) => {
    const { claims, signed, signature, isShared } = open(envelope);
    if (!(isShared ? isSignedRoot : isSigned)(signed, signature)) throw new EnvelopeInvalidError('signature');
    const parsed = parseClaims(claims);
    if (parsed.sub !== subject) throw new EnvelopeInvalidError('subject');
    if (parsed.bh !== bodyHash(body)) throw new EnvelopeInvalidError('body');
    checkTimes(parsed, now());
    return parsed;
  };
}

function claimsOf({ subject, body, requestId, principal, origin }: EnvelopeRequest, iat: number): string {
  const claims: EnvelopeClaims = {
    sub: subject,
    bh: bodyHash(body),
    rid: requestId,
    iat,
    exp: iat + LIFETIME_MS,
    principal,
    ...(origin !== undefined && { origin }),
  };
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}

function chunks<Member>(all: readonly Member[], size: number): Member[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

type SignatureCheck = (signed: Buffer, signature: Buffer) => boolean;

/** Remembers which signatures are valid, so that each shared one is checked once. Of those that are not, it keeps nothing. */
function remembered(check: SignatureCheck): SignatureCheck {
  const valid = new Set<string>();
  return (signed, signature) => {
    const pair = Buffer.concat([signature, signed]).toString('latin1');
    if (valid.has(pair)) return true;
    if (!check(signed, signature)) return false;
    const [oldest] = valid;
    if (oldest !== undefined && valid.size >= MAX_SHARED_SIGNATURES) valid.delete(oldest);
    valid.add(pair);
    return true;
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

/** An envelope whose signature is not checked yet. */
interface OpenedEnvelope {
  readonly claims: Buffer;
  /** What the signature must cover. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** Whether the signature covers several envelopes. */
  readonly isShared: boolean;
}

function open(envelope: string | undefined): OpenedEnvelope {
  if (envelope === undefined || envelope === '') throw new EnvelopeInvalidError('missing');
  if (envelope.length > MAX_LENGTH) throw new EnvelopeInvalidError('malformed');
  const [payload = '', tag = '', proof, ...more] = envelope.split('.');
  const [claims, signature] = [decodeBase64Url(payload), decodeBase64Url(tag)];
  const signed = proof === undefined ? Buffer.from(payload) : signedRootBy(payload, proof);
  const isWhole = more.length === 0 && signature?.length === ED25519_SIGNATURE_BYTES;
  if (!isWhole || claims === undefined || signed === undefined) throw new EnvelopeInvalidError('malformed');
  return { claims, signed, signature, isShared: proof !== undefined };
}

function signedRootBy(payload: string, proof: string): Buffer | undefined {
  const bytes = decodeBase64Url(proof);
  return bytes && signedRootOf(payload, bytes);
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
  return hash('sha256', body, 'base64url');
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
