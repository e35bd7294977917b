import { type KeyObject } from 'node:crypto';
import { clerkSessionIdSchema, clerkUserIdSchema } from '@gatehouse/contracts';
import { type Clock, systemClock } from './clock';
import { CredentialRefusedError } from './errors';
import { type SignatureCheck, checkEach, isRs256 } from './jws-signature';
import { type DecodedJwt } from './jwt';
import { checkTimes } from './jwt-times';
import { type KeySource } from './key-source';
import { type JsonObject } from './json-object';

/** Which Clerk sessions are accepted. */
export interface ClerkSessionRules {
  readonly issuer: string;
  /**
   * Accepted values of the claim `azp` (authorized party): the origin of the page that got the token. Tokens of native
   * clients have no `azp`.
   */
  readonly authorizedParties: { includes(origin: string): boolean };
  /** Whether to reject tokens without `azp`, such as those of native clients. Default: false. */
  readonly requireAuthorizedParty?: boolean;
  readonly allowImpersonation: boolean;
}

/** Content of a verified Clerk session token; times in milliseconds since the epoch. */
export interface ClerkSession {
  readonly clerkUserId: string;
  readonly sessionId: string;
  /** `jti` of the token; null for tokens of version 1. */
  readonly tokenId: string | null;
  /** Version of the token's format: its claim `v`. */
  readonly version: 1 | 2;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly authorizedParty: string | null;
  /** Id of the person who impersonates the user; null without impersonation. */
  readonly actor: string | null;
}

/**
 * Value of the header parameter `cat` in session tokens. Tokens from a JWT template have another value, so they are
 * rejected.
 */
const SESSION_CATEGORY = 'cl_B7d4PD111AAA';
const MAX_TOKEN_ID = 128;

/** Verifies Clerk's session tokens of version 1 and 2: first the RS256 signature, then every claim. */
export class ClerkSessionVerifier {
  constructor(
    private readonly rules: ClerkSessionRules,
    private readonly keys: KeySource,
    private readonly now: Clock = systemClock,
  ) {}

  /**
   * Verifies a decoded token and returns its content.
   * @param check decides whether the signature is checked, see {@link SignatureCheck}. If it throws, `verify` throws
   *   the same error, and the token is rejected
   * @throws CredentialRefusedError with the first fault
   * @throws KeysUnavailableError when the signing key is not cached and cannot be fetched
   */
  async verify(jwt: DecodedJwt, check: SignatureCheck = checkEach): Promise<ClerkSession> {
    const { alg, kid } = jwt.header;
    if (alg !== 'RS256') throw new CredentialRefusedError('token_alg_unsupported');
    if (kid !== undefined && typeof kid !== 'string') throw new CredentialRefusedError('token_key_unknown');
    const key = await this.keys.find(kid);
    if (key === undefined) throw new CredentialRefusedError('token_key_unknown');
    const isBy = (by: KeyObject) => check(() => isRs256(jwt.signed, jwt.signature, by));
    if (!isBy(key)) {
      const { key: successor, recheckAfterMs } = await this.keys.findSuccessor(kid, key);
      if (successor === undefined || !isBy(successor)) {
        throw new CredentialRefusedError('token_signature_invalid', recheckAfterMs);
      }
    }
    checkKind(jwt.header);
    return this.check(jwt.claims);
  }

  private check(claims: JsonObject): ClerkSession {
    if (claims.iss !== this.rules.issuer) throw new CredentialRefusedError('token_issuer_unknown');
    const times = checkTimes(claims, this.now());
    return {
      ...times,
      version: versionOf(claims),
      clerkUserId: userOf(claims),
      sessionId: sessionOf(claims),
      tokenId: tokenIdOf(claims),
      authorizedParty: this.partyOf(claims),
      actor: this.actorOf(claims),
    };
  }

  private partyOf({ azp }: JsonObject): string | null {
    if (azp === undefined) {
      if (this.rules.requireAuthorizedParty) throw new CredentialRefusedError('token_party_missing');
      return null;
    }
    if (typeof azp !== 'string' || !this.rules.authorizedParties.includes(azp)) {
      throw new CredentialRefusedError('token_party_unlisted');
    }
    return azp;
  }

  private actorOf({ act }: JsonObject): string | null {
    if (act === undefined) return null;
    if (!this.rules.allowImpersonation) throw new CredentialRefusedError('token_impersonated');
    const actor = typeof act === 'object' && act !== null ? (act as JsonObject).sub : undefined;
    if (typeof actor !== 'string' || actor === '') throw new CredentialRefusedError('token_claim_invalid');
    return actor;
  }
}

function checkKind({ typ, cat }: JsonObject): void {
  if (typ !== 'JWT') throw new CredentialRefusedError('token_type_unsupported');
  if (cat !== SESSION_CATEGORY) throw new CredentialRefusedError('token_category_unsupported');
}

function versionOf({ v }: JsonObject): 1 | 2 {
  if (v !== undefined && v !== 1 && v !== 2) throw new CredentialRefusedError('token_version_unsupported');
  return v === 2 ? 2 : 1;
}

function userOf({ sub }: JsonObject): string {
  const id = clerkUserIdSchema.safeParse(sub);
  if (!id.success) throw new CredentialRefusedError('token_subject_invalid');
  return id.data;
}

function sessionOf({ sid, sts }: JsonObject): string {
  if (sts !== undefined && sts !== 'active') throw new CredentialRefusedError('token_session_pending');
  const session = clerkSessionIdSchema.safeParse(sid);
  if (!session.success) throw new CredentialRefusedError('token_session_missing');
  return session.data;
}

function tokenIdOf({ jti }: JsonObject): string | null {
  if (jti === undefined) return null;
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_TOKEN_ID) {
    throw new CredentialRefusedError('token_claim_invalid');
  }
  return jti;
}
