import { type JsonWebKey, type KeyObject, createPublicKey } from 'node:crypto';
import { KeyInvalidError } from './errors';
import { isRocaModulus } from './roca';

const MIN_BITS = 2048;
const MAX_BITS = 8192;

/**
 * Reads an RSA public key of 2048 to 8192 bits from PEM.
 * @throws KeyInvalidError
 */
export function rsaKeyFromPem(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new KeyInvalidError('is a private key where a public one belongs');
  return rsaKey(() => createPublicKey(pem));
}

/**
 * Reads an RSA public key of 2048 to 8192 bits from `n` and `e` of a JWK.
 * @throws KeyInvalidError
 */
export function rsaKeyFromJwk({ n, e }: { readonly n: string; readonly e: string }): KeyObject {
  const key: JsonWebKey = { kty: 'RSA', n, e };
  return rsaKey(() => createPublicKey({ key, format: 'jwk' }));
}

function rsaKey(load: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = load();
  } catch (cause) {
    throw new KeyInvalidError('is not a public key', { cause });
  }
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== 'rsa') throw new KeyInvalidError('is not an RSA key');
  if (modulusLength < MIN_BITS || modulusLength > MAX_BITS) {
    throw new KeyInvalidError(`is not of ${MIN_BITS} to ${MAX_BITS} bits`);
  }
  // With exponent 1 the signature equals the message, so anybody can forge it. An even exponent cannot be inverted, so
  // no private key belongs to it.
  if (publicExponent < 3n || publicExponent % 2n === 0n)
    throw new KeyInvalidError('has a public exponent that is even or below 3');
  if (isRocaModulus(modulusOf(key))) throw new KeyInvalidError('can be factored (ROCA, CVE-2017-15361)');
  return key;
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
}
