import { fold } from '../path/normal-path';
import { isReserved } from './path-pattern';
import { type Policy } from './policy';
import { type Route } from './route';
import { type RouteMatch, type RoutedRequest, isSpelledLike } from './route-table';

/** Why a route does not match a request, or that it does. */
export type RouteReason = keyof typeof routeReasons;

/** Reasons in words. */
export const routeReasons = {
  matches: 'matches',
  host: 'is for another host',
  path: 'is for another path',
  method: 'is for other methods',
  reserved: 'never covers the paths that Gatehouse answers itself',
  spelling: 'has this path in another spelling, so the request is rejected: servers may read both alike',
} as const;

/** Which route decides on a request, and why each earlier one does not. */
export interface RouteExplanation {
  readonly match: RouteMatch;
  /** The routes up to the one that decides; all of them if none does. */
  readonly routes: readonly { readonly route: Route; readonly reason: RouteReason }[];
}

/** Explains which route of the policy decides on a request. */
export function explainRoute({ routes, table }: Policy, request: RoutedRequest): RouteExplanation {
  const match = table.find(request);
  const last = match.kind === 'none' ? routes.length : match.route.index + 1;
  return {
    match,
    routes: routes.slice(0, last).map((route) => ({ route, reason: reasonOf(route, request) })),
  };
}

function reasonOf(route: Route, request: RoutedRequest): RouteReason {
  const { method, host, segments } = request;
  if (route.host !== undefined && route.host !== host) return 'host';
  if (!isAt(route, segments)) return 'path';
  if (route.upstream !== undefined && isReserved(segments)) return 'reserved';
  if (route.methods !== undefined && !route.methods.has(method)) return 'method';
  return isSpelledLike(route, request) ? 'matches' : 'spelling';
}

function isAt({ pattern }: Route, segments: readonly string[]): boolean {
  const { length } = pattern.segments;
  if (pattern.isPrefix ? segments.length < length : segments.length !== length) return false;
  return pattern.segments.every((segment, index) => fold(segment) === fold(segments[index] ?? ''));
}
