import { type LegacyJwtRules, mintLegacyJwt } from '@gatehouse/auth';
import { Inject, Injectable } from '@nestjs/common';
import { type GatewayConfig } from '../config';
import { LegacyTokensOffError } from '../errors';
import { CONFIG } from '../tokens';

const AUDIENCE = 'gatehouse';

/** Session that a token is minted for; times in milliseconds since the epoch. */
export interface OpenedSession {
  readonly userId: string;
  readonly session: { readonly id: string; readonly expiresAt: number };
  /** Id of the Clerk session that was exchanged for this session; null after a login with a password. */
  readonly parentSessionId: string | null;
}

/** Mints Gatehouse tokens. Available when `LEGACY_JWT_SECRETS` is set. */
@Injectable()
export class LegacyTokens {
  /** Issuer, audience and secrets of the tokens; undefined without `LEGACY_JWT_SECRETS`. */
  readonly rules: LegacyJwtRules | undefined;
  private readonly ttl: number;

  constructor(@Inject(CONFIG) { legacy, publicUrl }: GatewayConfig) {
    this.ttl = legacy.ttlMs;
    const { secrets } = legacy;
    if (secrets.current.length === 0) return;
    this.rules = {
      issuer: publicUrl,
      audience: AUDIENCE,
      get secrets() {
        return secrets.current;
      },
    };
  }

  /**
   * Lifetime of a token in milliseconds.
   * @throws LegacyTokensOffError
   */
  get ttlMs(): number {
    this.requireRules();
    return this.ttl;
  }

  /**
   * Mints the token of a session.
   * @throws LegacyTokensOffError
   */
  mint({ userId, session, parentSessionId }: OpenedSession): { readonly token: string; readonly expiresAt: string } {
    const claims = {
      userId,
      jti: session.id,
      sessionId: parentSessionId,
      // Only the end of a session is stored. The start is computed from the end, so that a repeated exchange, for
      // example by a second browser tab, gets an identical token. If `LEGACY_JWT_TTL` was lowered after the session
      // began, the computed start can lie in the future. Verifiers would reject such a token, so its start is the
      // current time.
      issuedAt: Math.min(session.expiresAt - this.ttl, Date.now()),
      expiresAt: session.expiresAt,
    };
    return {
      token: mintLegacyJwt(claims, this.requireRules()),
      expiresAt: new Date(session.expiresAt).toISOString(),
    };
  }

  private requireRules(): LegacyJwtRules {
    if (this.rules === undefined) throw new LegacyTokensOffError();
    return this.rules;
  }
}
