import { fold } from '../path/normal-path';
import { isReserved } from './path-pattern';
import { type Route } from './route';

/** A route that can never match, and the earlier routes that match all of its requests. */
export interface UnreachableRoute {
  readonly route: Route;
  readonly coveredBy: readonly Route[];
}

/** A route with its folded segments, which are compared with those of every later route. */
interface FoldedRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds routes that never match, because earlier ones, alone or together, match every request of theirs. */
export function findUnreachable(routes: readonly Route[]): readonly UnreachableRoute[] {
  const folded = routes.map((route) => ({ route, segments: route.pattern.segments.map(fold) }));
  return folded.flatMap((one) => {
    const coveredBy = coverOf(
      one,
      folded.filter(({ route }) => route.index < one.route.index),
    );
    return coveredBy === undefined ? [] : [{ route: one.route, coveredBy }];
  });
}

/** The earlier routes that together match every request of a route; undefined if a request is left. */
function coverOf(one: FoldedRoute, earlier: readonly FoldedRoute[]): readonly Route[] | undefined {
  const cover: Route[] = [];
  const left = one.route.methods && new Set(one.route.methods);
  for (const { route: other } of earlier.filter((candidate) => coversPlace(candidate, one))) {
    if (other.methods === undefined) return [other];
    if (left === undefined || ![...left].some((method) => other.methods?.has(method))) continue;
    cover.push(other);
    for (const method of other.methods) left.delete(method);
    if (left.size === 0) return cover;
  }
  return undefined;
}

/** Whether a route matches every host and path that another matches. */
function coversPlace({ route, segments }: FoldedRoute, { route: other, segments: others }: FoldedRoute): boolean {
  if (route.host !== undefined && route.host !== other.host) return false;
  if (!route.pattern.isPrefix && (other.pattern.isPrefix || others.length !== segments.length)) return false;
  if (!segments.every((segment, index) => segment === (others[index] ?? ''))) return false;
  // A route with an upstream leaves out what Gatehouse answers itself. A route behind forward auth alone does not.
  return route.upstream === undefined || other.upstream !== undefined || !isReserved(other.pattern.segments);
}
