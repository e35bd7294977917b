import { fold } from '../path/normal-path';
import { isReserved } from './path-pattern';
import { type Route } from './route';

/** A route that can never match, and the earlier routes that match all of its requests. */
export interface UnreachableRoute {
  readonly route: Route;
  readonly coveredBy: readonly Route[];
}

/** Finds routes that never match, because earlier ones, alone or together, match every request of theirs. */
export function findUnreachable(routes: readonly Route[]): readonly UnreachableRoute[] {
  return routes.flatMap((route) => {
    const coveredBy = coverOf(
      route,
      routes.filter(({ index }) => index < route.index),
    );
    return coveredBy === undefined ? [] : [{ route, coveredBy }];
  });
}

/** The earlier routes that together match every request of `route`; undefined if a request is left. */
function coverOf(route: Route, earlier: readonly Route[]): readonly Route[] | undefined {
  const cover: Route[] = [];
  const left = route.methods && new Set(route.methods);
  for (const other of earlier.filter((candidate) => coversPlace(candidate, route))) {
    if (other.methods === undefined) return [other];
    if (left === undefined || ![...left].some((method) => other.methods?.has(method))) continue;
    cover.push(other);
    for (const method of other.methods) left.delete(method);
    if (left.size === 0) return cover;
  }
  return undefined;
}

/** Whether a route matches every host and path that another matches. */
function coversPlace(route: Route, other: Route): boolean {
  const { segments, isPrefix } = route.pattern;
  if (route.host !== undefined && route.host !== other.host) return false;
  if (!isPrefix && (other.pattern.isPrefix || other.pattern.segments.length !== segments.length)) return false;
  if (!segments.every((segment, index) => fold(segment) === fold(other.pattern.segments[index] ?? ''))) return false;
  // A route with an upstream leaves out what Gatehouse answers itself. A route behind forward auth alone does not.
  return route.upstream === undefined || other.upstream !== undefined || !isReserved(other.pattern.segments);
}
