import { type KeyObject, createPrivateKey, createPublicKey, hash } from 'node:crypto';
import { AssertionKeyInvalidError } from '../../errors';

/** A key that signs assertions. */
export interface AssertionKey {
  /** Thumbprint of the public key (RFC 7638). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The public key, as the key set shows it. */
  readonly jwk: Readonly<Record<string, string>>;
}

const MAX_KEYS = 2;
const PEM_BLOCK = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * Reads one or two Ed25519 private keys in PEM, one after the other. The first signs. While one replaces the other, the
 * key set has both.
 * @throws AssertionKeyInvalidError
 */
export function assertionKeys(pem: string): readonly AssertionKey[] {
  const blocks = pem.match(PEM_BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_KEYS || pem.replace(PEM_BLOCK, '').trim() !== '') {
    throw new AssertionKeyInvalidError();
  }
  const keys = blocks.map(assertionKey);
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) throw new AssertionKeyInvalidError();
  return keys;
}

function assertionKey(pem: string): AssertionKey {
  const privateKey = createPrivateKey(pem);
  const { crv, kty, x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (privateKey.asymmetricKeyType !== 'ed25519' || crv === undefined || kty === undefined || x === undefined) {
    throw new AssertionKeyInvalidError();
  }
  // RFC 7638 prescribes the members and their order.
  const kid = hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url');
  return { kid, privateKey, jwk: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } };
}
