import { randomBytes } from 'node:crypto';
import { type JsonObject } from '../clerk/json';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';

/** Clerk's session tokens live for a minute. */
export const TOKEN_LIFETIME_SECONDS = 60;
const NOT_BEFORE_LEAD_SECONDS = 10;

/** What the claims of one token are made of. */
export interface SessionClaimsInput {
  readonly version: 1 | 2;
  readonly session: ClerkSession;
  readonly user: ClerkUser;
  readonly issuer: string;
  /** null leaves `azp` out. */
  readonly authorizedParty: string | null;
  /** ms since 1970 */
  readonly now: number;
  readonly lifetimeSeconds?: number;
}

/**
 * The claims of a session token of Clerk's version 1 or 2. Version 2 carries `public_metadata` as `metadata`, as an
 * instance does whose session token is customised that way.
 */
export function sessionClaims(input: SessionClaimsInput): JsonObject {
  const { session, user, now } = input;
  const iat = Math.floor(now / 1_000);
  return {
    ...(input.authorizedParty !== null && { azp: input.authorizedParty }),
    exp: iat + (input.lifetimeSeconds ?? TOKEN_LIFETIME_SECONDS),
    fva: [Math.max(0, Math.floor((now - session.created_at) / 60_000)), -1],
    iat,
    iss: input.issuer,
    nbf: iat - NOT_BEFORE_LEAD_SECONDS,
    sid: session.id,
    sub: user.id,
    ...(input.version === 2 && {
      jti: randomBytes(10).toString('hex'),
      metadata: user.public_metadata,
      sts: 'active',
      v: 2,
    }),
  };
}
