import { hash } from 'node:crypto';
import {
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
import { countedAddress } from '../limits/rate-limits';
import { type MaybePromise } from '../maybe-promise';
import { Forgeries } from './forgeries';

type ClassifiedJwt = ReturnType<typeof classifyJwt>;

/** What a verified token said, and which verifier said so. */
export type VerifiedToken =
  | { readonly verifier: 'clerk_session'; readonly expiresAt: number; readonly session: ClerkSession }
  | { readonly verifier: 'legacy_jwt'; readonly expiresAt: number; readonly session: LegacySession };

/** The verifiers; `legacy` only where tokens of our own are set up. */
export interface TokenVerifiers {
  readonly issuers: Issuers;
  readonly clerk: Pick<ClerkSessionVerifier, 'verify'>;
  readonly legacy: Pick<LegacyJwtVerifier, 'verify'> | undefined;
}

/** Sends a token to the one verifier that its bytes name, once: a token seen again costs a hash. */
export class TokenVerifier {
  private readonly verified = new VerifiedTokenCache<VerifiedToken>();

  constructor(
    private readonly verifiers: TokenVerifiers,
    private readonly onResult: (result: 'cached' | 'verified', token: VerifiedToken) => void = () => undefined,
    private readonly forgeries = new Forgeries(),
  ) {}

  /**
   * Throws CredentialRefusedError, KeysUnavailableError, or RateLimitedError when the address has sent too many forged
   * ones. `from` is read only when a signature is to be checked.
   */
  verify(token: string, from: { readonly ip: string }): MaybePromise<VerifiedToken> {
    // Before it is hashed.
    if (token.length > maxTokenLength) throw new CredentialRefusedError('token_too_large');
    const key = this.verified.keyOf(token);
    const known = this.verified.get(key);
    if (known === undefined) return this.verifyFirst(token, key, from);
    this.onResult('cached', known);
    return known;
  }

  /** Which of several session tokens of a browser is to be verified; undefined when there is none. */
  choose(tokens: readonly string[]): string | undefined {
    return chooseSessionToken(tokens, this.verifiers.issuers.clerk);
  }

  /** Forgets every token, good and forged; to be called when keys have changed. */
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
    const result = await this.byOne(classified, (matches) => this.forgeries.check(session, address, matches)).catch(
      (error: unknown) => this.refuse(error, session),
    );
    this.forgeries.vouch(session);
    this.verified.set(key, result, epoch);
    this.onResult('verified', result);
    return result;
  }

  /**
   * Throws the refusal; KeysUnavailableError instead where the signature of a session that was let in before does not
   * match and newer keys cannot be asked for yet: the key was probably replaced, and the user must not be signed out.
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

  private async byOne({ verifier, jwt }: ClassifiedJwt, check: SignatureCheck): Promise<VerifiedToken> {
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

/** What names a token once and for all: its `jti`, or the SHA-256 of it all (hex) where it has none. */
export function tokenIdOf(session: ClerkSession, token: string): string {
  return session.tokenId ?? hash('sha256', token, 'hex');
}
