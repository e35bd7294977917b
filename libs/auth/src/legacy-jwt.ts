import { type KeyObject, createSecretKey } from 'node:crypto';
import { clerkSessionIdSchema, uuidSchema } from '@gatehouse/contracts';
import { type Clock, systemClock } from './clock';
import { CredentialRefusedError, SecretInvalidError } from './errors';
import { type SignatureCheck, checkEach, hs256, isHs256 } from './jws-signature';
import { type DecodedJwt } from './jwt';
import { checkTimes } from './jwt-times';
import { type JsonObject } from './json-object';

/**
 * Issuer, audience and secrets of Gatehouse tokens, called legacy in code. The first secret signs new tokens. During a
 * rotation there are two secrets, and tokens of both are accepted.
 */
export interface LegacyJwtRules {
  readonly issuer: string;
  readonly audience: string;
  readonly secrets: readonly KeyObject[];
}

/** Claims of a Gatehouse token; times in milliseconds since the epoch. */
export interface LegacyClaims {
  readonly userId: string;
  /** Unique id, by which the token can be revoked. */
  readonly jti: string;
  /**
   * Id of the Clerk session that was exchanged for this token. When that session ends, this token is rejected. Null
   * after a login with a password.
   */
  readonly sessionId: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Content of a verified Gatehouse token. */
export type LegacySession = LegacyClaims;

/** HS256 requires a secret of at least the size of the hash (RFC 7518, section 3.2). */
const MIN_SECRET_BYTES = 32;
const MAX_SECRETS = 2;
const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
const JTI = /^[A-Za-z0-9_-]{16,64}$/;
const sessionSchema = clerkSessionIdSchema.optional();

/**
 * Converts one or two secrets of at least 32 bytes each to keys.
 * @throws SecretInvalidError
 */
export function legacySecrets(texts: readonly string[]): readonly KeyObject[] {
  if (texts.length === 0 || texts.length > MAX_SECRETS) {
    throw new SecretInvalidError('must be one secret, or two while one replaces the other');
  }
  if (new Set(texts).size !== texts.length) throw new SecretInvalidError('holds the same secret twice');
  return texts.map((text) => {
    const bytes = Buffer.from(text);
    if (bytes.length < MIN_SECRET_BYTES) throw new SecretInvalidError('holds a secret of fewer than 32 bytes');
    return createSecretKey(bytes);
  });
}

/**
 * Creates a Gatehouse token, signed by HS256 with the first secret. Times are rounded down to seconds.
 * @throws SecretInvalidError if `secrets` is empty
 */
export function mintLegacyJwt(claims: LegacyClaims, { issuer, audience, secrets }: LegacyJwtRules): string {
  const [secret] = secrets;
  if (secret === undefined) throw new SecretInvalidError('no signing secret is configured');
  const payload = {
    iss: issuer,
    aud: audience,
    sub: claims.userId,
    jti: claims.jti,
    ...(claims.sessionId !== null && { sid: claims.sessionId }),
    iat: Math.floor(claims.issuedAt / 1_000),
    exp: Math.floor(claims.expiresAt / 1_000),
  };
  const signed = `${HEADER}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${signed}.${hs256(Buffer.from(signed), secret).toString('base64url')}`;
}

/** Verifies Gatehouse tokens: first the HS256 signature, with each secret in turn, then every claim. */
export class LegacyJwtVerifier {
  constructor(
    private readonly rules: LegacyJwtRules,
    private readonly now: Clock = systemClock,
  ) {}

  /**
   * Verifies a decoded token and returns its content.
   * @param check decides whether the signature is checked, see {@link SignatureCheck}. If it throws, `verify` throws
   *   the same error, and the token is rejected
   * @throws CredentialRefusedError with the first fault
   */
  verify({ header, claims, signed, signature }: DecodedJwt, check: SignatureCheck = checkEach): LegacySession {
    if (header.alg !== 'HS256') throw new CredentialRefusedError('token_alg_unsupported');
    if (!check(() => this.isSigned(signed, signature))) throw new CredentialRefusedError('token_signature_invalid');
    if (header.typ !== 'JWT') throw new CredentialRefusedError('token_type_unsupported');
    if (claims.iss !== this.rules.issuer) throw new CredentialRefusedError('token_issuer_unknown');
    // Rejects a list of audiences even if it contains ours: Gatehouse never mints such a list.
    if (claims.aud !== this.rules.audience) throw new CredentialRefusedError('token_audience_invalid');
    return { ...checkTimes(claims, this.now()), ...whoOf(claims) };
  }

  private isSigned(signed: Buffer, signature: Buffer): boolean {
    return this.rules.secrets.some((secret) => isHs256(signed, signature, secret));
  }
}

function whoOf({ sub, jti, sid }: JsonObject): Pick<LegacySession, 'userId' | 'jti' | 'sessionId'> {
  const userId = uuidSchema.safeParse(sub);
  if (!userId.success) throw new CredentialRefusedError('token_subject_invalid');
  if (typeof jti !== 'string' || !JTI.test(jti)) throw new CredentialRefusedError('token_id_missing');
  const session = sessionSchema.safeParse(sid);
  if (!session.success) throw new CredentialRefusedError('token_claim_invalid');
  return { userId: userId.data, jti, sessionId: session.data ?? null };
}
