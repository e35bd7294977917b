import { type AuthMethod, authMethods, principalSchema } from '@gatehouse/contracts';
import { z } from 'zod';
import { type GatewayConfig } from '../../config';
import { named } from '../../openapi/named';

/** Response of `GET /auth/explain`. */
export const explanationSchema = named(
  'CredentialExplanation',
  z.object({
    /**
     * Row of the credential in the table "Four credentials" of `docs/reference/authentication.md`; the first row is `1`.
     */
    order: z.number().int(),
    verifier: z.enum(authMethods),
    /** The checks that the credential passed, in order. */
    checks: z.array(z.string()),
    principal: principalSchema,
    changes: z.object({
      /** Number of the last trust change that this gateway has applied. */
      number: z.number().int(),
      /** Whether this gateway may currently use remembered answers of user-sync instead of asking again. */
      trusting: z.boolean(),
    }),
  }),
);

/** Response of `GET /auth/explain`. */
export type Explanation = z.output<typeof explanationSchema>;

const alone = 'it is the only credential of the request, and neither in the query string nor in a repeated header';
const state = 'its user exists and is active';

/** Returns the checks that the verifier for `method` makes, in their order. */
export function checksOf(method: AuthMethod, { requireAuthorizedParty }: GatewayConfig['clerk']): string[] {
  const party = requireAuthorizedParty ? 'azp is present and listed' : 'azp is listed if present';
  const checks: Record<AuthMethod, string[]> = {
    api_key: [
      alone,
      "its form and environment are valid, and it is not Clerk's secret key",
      'its checksum matches, before any lookup',
      'its address is below the limit of unknown keys, or the key was accepted before, or was drawn at random',
      'its SHA-256 is stored, and the key is neither revoked nor expired',
      state,
      'one of its scopes grants the permission of the route',
    ],
    clerk_session: [
      alone,
      'three parts of canonical base64url, strict JSON, no repeated member, finite numbers, no crit',
      "alg is RS256 and iss is Clerk's; both select the verifier",
      'its key is pinned or in the key set, and the signature matches',
      'typ is JWT, and cat is the category of session tokens',
      'exp, iat and nbf, with a tolerance of five seconds',
      'sub is a Clerk user, sid is a session, and sts is not pending',
      `${party}; act is absent unless impersonation is allowed`,
      'the session has not ended',
      state,
    ],
    legacy_jwt: [
      alone,
      'three parts of canonical base64url, strict JSON, no repeated member, finite numbers, no crit',
      'alg is HS256 and iss is this gateway; both select the verifier',
      'the signature matches one of LEGACY_JWT_SECRETS, typ is JWT, and aud is gatehouse',
      'exp, iat and nbf, with a tolerance of five seconds',
      'sub is a user, and jti is a stored session that is not closed',
      state,
    ],
  };
  return checks[method];
}
