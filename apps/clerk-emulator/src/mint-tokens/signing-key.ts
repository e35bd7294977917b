import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** An RSA key that signs session tokens, with its public key as PEM and JWK. */
export class SigningKey {
  private constructor(
    readonly kid: string,
    readonly privateKey: KeyObject,
  ) {}

  /** RSA-2048, like Clerk's keys. */
  static async generate(kid: string): Promise<SigningKey> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return new SigningKey(kid, privateKey);
  }

  static fromPem(kid: string, pem: string): SigningKey {
    return new SigningKey(kid, createPrivateKey(pem));
  }

  /** PKCS #8 PEM. */
  get privatePem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** SPKI PEM, for `CLERK_JWT_KEY` and the `jwtKey` of `@clerk/backend`. */
  get publicPem(): string {
    return createPublicKey(this.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  }

  /** Entry of the JWKS (RFC 7517). */
  get jwk(): JsonWebKey {
    return { ...createPublicKey(this.privateKey).export({ format: 'jwk' }), kid: this.kid, use: 'sig', alg: 'RS256' };
  }
}
