import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { rocaJwk, rocaModulus } from '../fixtures/roca-key';
import { isRocaModulus } from './roca';
import { rsaKeyFromJwk, rsaKeyFromPem } from './rsa-key';

const refused = expect.objectContaining({ message: 'can be factored (ROCA, CVE-2017-15361)' }) as Error;

describe('the check for keys of the flawed key generator (ROCA)', () => {
  it('finds a modulus with primes of that generator', () => {
    expect(isRocaModulus(rocaModulus())).toBe(true);
  });

  it('accepts ordinary keys', () => {
    for (let count = 0; count < 5; count++) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const { n = '' } = publicKey.export({ format: 'jwk' });
      expect(isRocaModulus(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`))).toBe(false);
    }
  });

  it('rejects such a key as JWK and as PEM', () => {
    const jwk = rocaJwk('ins_1') as { n: string; e: string };
    expect(() => rsaKeyFromJwk(jwk)).toThrow(refused);
    const pem = createPublicKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    expect(() => rsaKeyFromPem(pem.toString())).toThrow(refused);
  });
});
