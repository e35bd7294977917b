import { type AuthMethod, authMethods, principalSchema } from '@gatehouse/contracts';
import { z } from 'zod';
import { type GatewayConfig } from '../../config';

/** What `GET /auth/explain` answers. */
export const explanationSchema = z.object({
  /** The row of the table of credentials that the request fell under, from 1. */
  order: z.number().int(),
  verifier: z.enum(authMethods),
  /** What was checked, in this order, each passed: a request that fails one never comes here. */
  checks: z.array(z.string()),
  principal: principalSchema,
  changes: z.object({
    /** The last revocation or change that this gateway has taken in. */
    number: z.number().int(),
    /** Whether remembered answers are believed right now. */
    trusting: z.boolean(),
  }),
});

/** What `GET /auth/explain` answers. */
export type Explanation = z.output<typeof explanationSchema>;

const alone = 'it is the only credential of the request, in no query string and no repeated header';
const state = 'user-sync knows its holder, who is active';

/** Returns what a verifier checks, in its order. */
export function checksOf(method: AuthMethod, { requireAuthorizedParty }: GatewayConfig['clerk']): string[] {
  const party = requireAuthorizedParty ? 'azp is there and listed' : 'azp is listed when it is there';
  const checks: Record<AuthMethod, string[]> = {
    api_key: [
      alone,
      'its form and environment are known and it is no secret key of Clerk',
      'its checksum matches, before any lookup',
      'its address has not sent too many unknown keys, or it was let in before, or chance admitted it',
      'its SHA-256 is on record, neither revoked nor expired',
      state,
      "one of its scopes reaches the route's permission",
    ],
    clerk_session: [
      alone,
      'three parts of canonical base64url, strict JSON, no repeated member, finite numbers, no crit',
      "alg is RS256 and iss is Clerk's: both choose the verifier",
      'its key is pinned or in the key set, and the signature matches',
      'typ is JWT and cat is that of session tokens',
      'exp, iat and nbf, with five seconds between the clocks',
      'sub is a Clerk user, sid a session, sts not pending',
      `${party}, act only where impersonation is allowed`,
      'the session has not ended',
      state,
    ],
    legacy_jwt: [
      alone,
      'three parts of canonical base64url, strict JSON, no repeated member, finite numbers, no crit',
      'alg is HS256 and iss is ours: both choose the verifier',
      'the signature matches under one of our secrets, typ is JWT, aud is ours',
      'exp, iat and nbf, with five seconds between the clocks',
      'sub is a user, jti names a session on record that is not closed',
      state,
    ],
  };
  return checks[method];
}
