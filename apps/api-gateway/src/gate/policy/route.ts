import { type PathPattern } from './path-pattern';
import { type PolicyDocument, type RouteEntry, type routeCredentials } from './policy-schema';

/** A service that the gate sends requests to. */
export type Upstream = PolicyDocument['upstreams'][string] & { readonly name: string };

/** A route of the policy, with its defaults. */
export interface Route {
  /** Place in the file, from 0. */
  readonly index: number;
  /** Undefined for every host. */
  readonly host: string | undefined;
  /** Path as in the file. */
  readonly path: string;
  readonly pattern: PathPattern;
  /** Undefined for every method. `HEAD` is in it if `GET` is. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Undefined for a service behind forward auth alone. */
  readonly upstream: Upstream | undefined;
  /** Claim `aud` of the assertions for this route. */
  readonly audience: string;
  readonly access: RouteEntry['access'];
  /** Scope that an API key needs. */
  readonly scope: string | undefined;
  readonly roles: RouteEntry['roles'];
  readonly tiers: RouteEntry['tiers'];
  readonly credentials: ReadonlySet<(typeof routeCredentials)[number]>;
  readonly rateClass: RouteEntry['rateClass'];
  /** Origins whose pages may use a cookie across origins, to change something and for WebSockets; undefined for the default. */
  readonly origins: readonly string[] | undefined;
  readonly maxBodyBytes: number;
  readonly cors: 'gate' | 'upstream';
  /** Whether Clerk's cookies reach the service. */
  readonly clerkCookies: 'strip' | 'pass';
}
