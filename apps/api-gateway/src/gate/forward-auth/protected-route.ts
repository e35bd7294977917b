import { type RouteRules } from '../route-rules';

/** A route of the policy, as forward auth needs it. */
export interface ProtectedRoute {
  /** Name in logs and metrics. */
  readonly name: string;
  readonly rules: RouteRules;
  /** Claim `aud` of the assertions for the service behind the route. */
  readonly audience: string;
}

/** Finds the route of a request. */
export interface RouteFinder {
  /**
   * Returns the first route that matches. `host` and `url` (path and query) are as the client sent them.
   * @throws RouteUnknownError if no route matches; RequestInvalidError if servers may read host or path differently
   */
  find(method: string, host: string, url: string): ProtectedRoute;

  /**
   * Whether the first route that matches lists the method, rather than being for every method.
   * @throws RequestInvalidError if servers may read host or path differently
   */
  lists(method: string, host: string, url: string): boolean;
}
