import { type OriginList } from '@gatehouse/config';
import { type Role, type Tier } from '@gatehouse/contracts';
import { type RateClass } from '../limits/rate-limits';

/**
 * Kind of credential that a route may accept.
 * - `bearer`: the token of a session, in the header `Authorization`
 * - `api_key`: an API key, in `X-API-Key` or `Authorization`
 * - `cookie`: Clerk's session cookie
 */
type CredentialKind = 'bearer' | 'api_key' | 'cookie';

/** Who may use a route, and how often. */
export interface RouteRules {
  /**
   * - `public`: everybody; no credential is read
   * - `user`: any active user
   * - `admin`: an active user with the role admin
   */
  readonly access: 'public' | 'user' | 'admin';
  /** Name of what the route protects, for the audit log: a permission, or a route of the policy. At most 200 characters. */
  readonly subject: string;
  /** Scope that an API key needs; null if it needs none. Sessions need no scope. */
  readonly scope: string | null;
  /** Roles that may use the route; null for every role. */
  readonly roles: readonly Role[] | null;
  /** Tiers that may use the route; null for every tier. */
  readonly tiers: readonly Tier[] | null;
  readonly credentials: readonly CredentialKind[];
  /** Origins whose pages may send a cookie with an unsafe method or an upgrade. */
  readonly cookieOrigins: Pick<OriginList, 'includes'>;
  /** Whether the route accepts the session cookie of the console, with the rights of its API key. */
  readonly acceptsConsole: boolean;
  /** Requests of the route count against the rate limit of this class. */
  readonly rateClass: RateClass;
}
