import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type JsonObject } from '../clerk/json';
import { isLive } from '../clerk/session';
import { type EmulatorConfig } from '../config';
import { SessionNotActiveError } from '../errors';
import { Instance } from '../instance';
import { SessionStore } from '../keep-sessions/session.store';
import { UserStore } from '../keep-users/user.store';
import { CONFIG, NOW } from '../tokens';
import { ClaimsTemplate } from './claims-template';
import { customClaims } from './custom-claims';
import {
  encodeJwt,
  type JwtAlgorithm,
  type JwtEncoding,
  misencoded,
  sessionTokenHeader,
  tampered,
  withClaims,
} from './jwt';
import { KeyRing } from './key-ring';
import { sessionClaims } from './session-claims';
import { SigningKey } from './signing-key';

/**
 * Options for minting a token. Without options, the token is valid. `version` only chooses its format. These options
 * always make the token invalid: `expired`, `tampered`, `tamperedClaims`, `encoding`, `key: 'foreign'`, and an
 * `algorithm` other than RS256. Other options make it invalid with certain values only, such as a negative
 * `expiresInSeconds`. In `claims` and `header`, the value null removes a member.
 */
export interface TokenFaults {
  readonly version?: 1 | 2 | undefined;
  readonly azp?: string | null | undefined;
  readonly claims?: JsonObject | undefined;
  readonly header?: JsonObject | undefined;
  /** True: the token was issued two lifetimes ago, so that `iat`, `nbf` and `exp` are all in the past. */
  readonly expired?: boolean | undefined;
  /**
   * Seconds that are added to `iat`, `nbf` and `exp`, as if the emulator's clock were ahead of the verifier's;
   * negative: behind.
   */
  readonly clockSkewSeconds?: number | undefined;
  readonly expiresInSeconds?: number | undefined;
  readonly algorithm?: JwtAlgorithm | undefined;
  /** `foreign`: the token is signed with a key that is not in the JWKS. */
  readonly key?: 'own' | 'foreign' | undefined;
  /** Id of the key that signs, which may be retired; default the active key. */
  readonly kid?: string | undefined;
  /** True: one bit of the signature is flipped. */
  readonly tampered?: boolean | undefined;
  /** Claims that are changed after signing. */
  readonly tamperedClaims?: JsonObject | undefined;
  /**
   * Changes the JSON text of the claims before signing, for texts that JSON.stringify cannot produce, such as a
   * duplicate member.
   */
  readonly claimsText?: ((text: string) => string) | undefined;
  readonly encoding?: JwtEncoding | undefined;
}

/** Options of a token of a live session. `azp` is the origin of the page that gets it; by default the configured one. */
type LiveTokenOptions = Pick<TokenFaults, 'version' | 'azp' | 'expiresInSeconds' | 'clockSkewSeconds'>;

/** Mints session tokens: valid ones, which the Backend API returns, and invalid ones for tests of verifiers. */
@Injectable()
export class TokenMinter {
  private foreignKey: Promise<SigningKey> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly instance: Instance,
    private readonly keys: KeyRing,
    private readonly template: ClaimsTemplate,
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** A token, valid unless the clock is skewed. @throws SessionNotActiveError when the session has expired, or is neither active nor pending */
  async mint(sessionId: string, options: LiveTokenOptions = {}): Promise<string> {
    if (!isLive(this.sessions.get(sessionId), this.now())) throw new SessionNotActiveError(sessionId);
    return this.mintFaulty(sessionId, options);
  }

  /** A token with the given faults; the session may be in any state. */
  async mintFaulty(sessionId: string, faults: TokenFaults): Promise<string> {
    const key = await this.keyFor(faults);
    const algorithm = faults.algorithm ?? 'RS256';
    const kid = faults.key === 'foreign' ? this.keys.active.kid : key.kid;
    const header = overlay({ ...sessionTokenHeader(kid), alg: algorithm }, faults.header);
    const claims = overlay(this.claims(sessionId, faults), faults.claims);
    const text = JSON.stringify(claims);
    let jwt = encodeJwt(header, faults.claimsText?.(text) ?? text, algorithm, key);
    if (faults.tampered) jwt = tampered(jwt);
    if (faults.tamperedClaims) jwt = withClaims(jwt, faults.tamperedClaims);
    return faults.encoding === undefined ? jwt : misencoded(jwt, faults.encoding);
  }

  private claims(sessionId: string, faults: TokenFaults): JsonObject {
    const session = this.sessions.get(sessionId);
    const user = this.users.get(session.user_id);
    const version = faults.version ?? this.config.tokenVersion;
    const skewMs = (faults.clockSkewSeconds ?? 0) * 1_000 - (faults.expired ? 2 * this.config.tokenLifetimeMs : 0);
    return sessionClaims({
      version,
      session,
      user,
      custom: customClaims(this.template.forVersion(version), { user, session }),
      issuer: this.instance.issuer,
      authorizedParty: faults.azp === undefined ? this.config.authorizedParty : faults.azp,
      now: this.now() + skewMs,
      lifetimeSeconds: faults.expiresInSeconds ?? this.config.tokenLifetimeMs / 1_000,
    });
  }

  private async keyFor(faults: TokenFaults): Promise<SigningKey> {
    if (faults.key === 'foreign') return (this.foreignKey ??= SigningKey.generate('ins_foreign'));
    return faults.kid === undefined ? this.keys.active : this.keys.get(faults.kid);
  }
}

function overlay(base: JsonObject, changes: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([name]) => changes[name] !== null));
}
