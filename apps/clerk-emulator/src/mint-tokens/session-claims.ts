import { randomBytes } from 'node:crypto';
import { type JsonObject } from '../clerk/json';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';

const NOT_BEFORE_LEAD_SECONDS = 10;

/** Claims that Clerk sets; custom claims must not use these names. */
export const RESERVED_CLAIMS: ReadonlySet<string> = new Set(
  'azp exp fva iat iss nbf sid sub jti sts v act o fea pla org_id org_role org_slug org_permissions'.split(' '),
);

/** Values for the claims of one token. */
interface SessionClaimsInput {
  readonly version: 1 | 2;
  readonly session: ClerkSession;
  readonly user: ClerkUser;
  /** Custom claims in which the shortcodes are already replaced. */
  readonly custom: JsonObject;
  readonly issuer: string;
  /** Null omits `azp`. */
  readonly authorizedParty: string | null;
  /** ms since 1970 */
  readonly now: number;
  readonly lifetimeSeconds: number;
}

/** Claims of a session token of version 1 or 2. `act` names the actor of an impersonation. */
export function sessionClaims(input: SessionClaimsInput): JsonObject {
  const { session, user, now } = input;
  const iat = Math.floor(now / 1_000);
  return {
    ...input.custom,
    ...(session.actor !== null && { act: session.actor }),
    ...(input.authorizedParty !== null && { azp: input.authorizedParty }),
    exp: iat + input.lifetimeSeconds,
    fva: [Math.max(0, Math.floor((now - session.created_at) / 60_000)), -1],
    iat,
    iss: input.issuer,
    nbf: iat - NOT_BEFORE_LEAD_SECONDS,
    sid: session.id,
    sub: user.id,
    ...(input.version === 2 && {
      jti: randomBytes(10).toString('hex'),
      sts: session.status === 'pending' ? 'pending' : 'active',
      v: 2,
    }),
  };
}
