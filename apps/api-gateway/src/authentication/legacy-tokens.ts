import { type LegacyJwtRules, legacySecrets, mintLegacyJwt } from '@gatehouse/auth';
import { LegacyTokensOffError } from '../errors';

const AUDIENCE = 'gatehouse';

/** What a token of our own is minted for; times in milliseconds. */
export interface OpenedSession {
  readonly userId: string;
  readonly session: { readonly id: string; readonly expiresAt: number };
  /** The Clerk session that it was exchanged from. */
  readonly parentSessionId: string | null;
}

/** Mints tokens of our own, where secrets for them are given. */
export class LegacyTokens {
  /** Undefined where there are no secrets. */
  readonly rules: LegacyJwtRules | undefined;
  private readonly ttl: number;

  constructor(legacy: { readonly secrets: readonly string[]; readonly ttlMs: number }, publicUrl: string) {
    this.ttl = legacy.ttlMs;
    if (legacy.secrets.length === 0) return;
    this.rules = { issuer: publicUrl, audience: AUDIENCE, secrets: legacySecrets(legacy.secrets) };
  }

  /** How long a token lives, in milliseconds. Throws LegacyTokensOffError. */
  get ttlMs(): number {
    this.requireRules();
    return this.ttl;
  }

  /** Throws LegacyTokensOffError. */
  mint({ userId, session, parentSessionId }: OpenedSession): { readonly token: string; readonly expiresAt: string } {
    const claims = {
      userId,
      jti: session.id,
      sessionId: parentSessionId,
      // From when the session was opened, so that a repeated exchange gives the same token; never from the future.
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
