import { hash } from 'node:crypto';
import {
  type ClassifiedJwt,
  type ClerkSession,
  type ClerkSessionVerifier,
  CredentialRefusedError,
  type Issuers,
  KeysUnavailableError,
  type LegacyJwtVerifier,
  type LegacySession,
  type SignatureCheck,
  type TokenKey,
  VerifiedTokenCache,
  chooseSessionToken,
  classifyJwt,
  decodeJwt,
  maxTokenLength,
} from '@gatehouse/auth';
import { countedAddress } from '@gatehouse/http-edge';
import { type MaybePromise } from '../maybe-promise';
import { Forgeries } from './forgeries';

/** Session of a verified token, with the verifier that accepted the token. */
export type VerifiedToken =
  | { readonly verifier: 'clerk_session'; readonly expiresAt: number; readonly session: ClerkSession }
  | { readonly verifier: 'legacy_jwt'; readonly expiresAt: number; readonly session: LegacySession };

/** Verifiers by kind of token. `legacy` is undefined without `LEGACY_JWT_SECRETS`. */
export interface TokenVerifiers {
  readonly issuers: Issuers;
  readonly clerk: Pick<ClerkSessionVerifier, 'verify'>;
  readonly legacy: Pick<LegacyJwtVerifier, 'verify'> | undefined;
}

/** Verifies a token with the one verifier that its algorithm and issuer select. Caches valid tokens by their hash. */
export class TokenVerifier {
  private readonly verified = new VerifiedTokenCache<VerifiedToken>();

  constructor(
    private readonly verifiers: TokenVerifiers,
    private readonly onResult: (result: 'cached' | 'verified', token: VerifiedToken) => void = () => undefined,
    private readonly forgeries = new Forgeries(),
  ) {}

  /**
   * Returns the session of a valid token. `from` is the sender, whose address is needed only for a token that is not
   * cached.
   * @throws CredentialRefusedError `token_*`; KeysUnavailableError; RateLimitedError if the address sent too many
   *   forged tokens
   */
  verify(token: string, from: { readonly ip: string }): MaybePromise<VerifiedToken> {
    // Checked before `keyOf` hashes the token, because hashing a very long token would take long.
    if (token.length > maxTokenLength) throw new CredentialRefusedError('token_too_large');
    const key = this.verified.keyOf(token);
    const known = this.verified.get(key);
    if (known === undefined) return this.verifyFirst(token, key, from);
    this.onResult('cached', known);
    return known;
  }

  /**
   * Selects the session token of a browser that has several: the newest one of our Clerk issuer, or else the first.
   * Returns undefined if `tokens` is empty.
   */
  choose(tokens: readonly string[]): string | undefined {
    return chooseSessionToken(tokens, this.verifiers.issuers.clerk);
  }

  /** Clears the cache of valid tokens and the counts of forged ones. Called when the signing keys change. */
  flush(): void {
    this.verified.flush();
    this.forgeries.forgive();
  }

  get size(): number {
    return this.verified.size;
  }

  private async verifyFirst(token: string, key: TokenKey, from: { readonly ip: string }): Promise<VerifiedToken> {
    const { epoch } = this.verified;
    const classified = classifyJwt(decodeJwt(token), this.verifiers.issuers);
    const { sid, jti } = classified.jwt.claims;
    const session = [sid, jti].find((id) => typeof id === 'string');
    const address = countedAddress(from.ip);
    const result = await this.verifyBy(classified, (matches) => this.forgeries.check(session, address, matches)).catch(
      (error: unknown) => this.refuse(error, session),
    );
    this.forgeries.vouch(session);
    this.verified.set(key, result, epoch);
    this.onResult('verified', result);
    return result;
  }

  /**
   * Rethrows the refusal of a token. Throws KeysUnavailableError (503) instead if three conditions hold:
   * - The signature does not match.
   * - This gateway has accepted an earlier token of the same session.
   * - Clerk's key set may not be fetched again yet.
   *
   * Clerk has then probably replaced its key. After a 503 the client retries, and the user stays signed in.
   */
  private refuse(error: unknown, session: string | undefined): never {
    if (
      error instanceof CredentialRefusedError &&
      error.recheckAfterMs !== undefined &&
      this.forgeries.knows(session)
    ) {
      throw new KeysUnavailableError(error, error.recheckAfterMs);
    }
    throw error;
  }

  private async verifyBy({ verifier, jwt }: ClassifiedJwt, check: SignatureCheck): Promise<VerifiedToken> {
    const { clerk, legacy } = this.verifiers;
    if (verifier === 'clerk_session') {
      const session = await clerk.verify(jwt, check);
      return { verifier, expiresAt: session.expiresAt, session };
    }
    if (legacy === undefined) throw new CredentialRefusedError('token_issuer_unknown');
    const session = legacy.verify(jwt, check);
    return { verifier, expiresAt: session.expiresAt, session };
  }
}

/** Returns the unique id of a token: its `jti`, or the SHA-256 of the token (hex) if it has none. */
export function tokenIdOf(session: ClerkSession, token: string): string {
  return session.tokenId ?? hash('sha256', token, 'hex');
}
