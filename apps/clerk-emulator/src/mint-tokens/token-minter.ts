import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { type JsonObject } from '../clerk/json';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { SessionNotActiveError } from '../errors';
import { Instance } from '../instance';
import { SessionStore } from '../keep-sessions/session.store';
import { UserStore } from '../keep-users/user.store';
import { encodeJwt, type JwtAlgorithm, sessionTokenHeader } from './jwt';
import { sessionClaims } from './session-claims';
import { SigningKey } from './signing-key';

/** How a token departs from the one Clerk would give. In `claims` and `header`, null removes a key. */
export interface TokenFaults {
  readonly version?: 1 | 2 | undefined;
  readonly azp?: string | null | undefined;
  readonly claims?: JsonObject | undefined;
  readonly header?: JsonObject | undefined;
  /** Made two lifetimes ago, so that `iat`, `nbf` and `exp` all lie in the past. */
  readonly expired?: boolean | undefined;
  readonly expiresInSeconds?: number | undefined;
  readonly algorithm?: JwtAlgorithm | undefined;
  /** `foreign` signs with a key that no JWKS publishes. */
  readonly key?: 'own' | 'foreign' | undefined;
  /** Changes one byte of the signature. */
  readonly tampered?: boolean | undefined;
}

const TWO_LIFETIMES_MS = 120_000;

/** Mints session tokens: right ones for the Backend API, and any wrong one for tests of verifiers. */
@Injectable()
export class TokenMinter {
  private foreignKey: Promise<SigningKey> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly instance: Instance,
    private readonly signingKey: SigningKey,
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** A token as Clerk gives it, for an active session only. */
  async mint(sessionId: string, version?: 1 | 2, expiresInSeconds?: number): Promise<string> {
    if (this.sessions.get(sessionId).status !== 'active') throw new SessionNotActiveError(sessionId);
    return this.mintFaulty(sessionId, { version, expiresInSeconds });
  }

  /** A token with the given faults, for a session in any state. */
  async mintFaulty(sessionId: string, faults: TokenFaults): Promise<string> {
    const session = this.sessions.get(sessionId);
    const claims = sessionClaims({
      version: faults.version ?? this.config.tokenVersion,
      session,
      user: this.users.get(session.user_id),
      issuer: this.instance.issuer,
      authorizedParty: faults.azp === undefined ? this.config.authorizedParty : faults.azp,
      now: this.now() - (faults.expired ? TWO_LIFETIMES_MS : 0),
      ...(faults.expiresInSeconds !== undefined && { lifetimeSeconds: faults.expiresInSeconds }),
    });
    const key = faults.key === 'foreign' ? await this.foreign() : this.signingKey;
    const algorithm = faults.algorithm ?? 'RS256';
    const header = { ...sessionTokenHeader(this.signingKey.kid), alg: algorithm };
    const jwt = encodeJwt(overlay(header, faults.header), overlay(claims, faults.claims), algorithm, key);
    return faults.tampered ? tamper(jwt) : jwt;
  }

  private foreign(): Promise<SigningKey> {
    this.foreignKey ??= SigningKey.generate('ins_foreign');
    return this.foreignKey;
  }
}

function overlay(base: JsonObject, changes: JsonObject | undefined): JsonObject {
  return Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([, value]) => value !== null));
}

/** Flips a bit in the middle, where every bit counts; the last character of base64url has spare ones. */
function tamper(jwt: string): string {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return [header, claims, bytes.toString('base64url')].join('.');
}
