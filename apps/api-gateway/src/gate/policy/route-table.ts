import { fold } from '../path/normal-path';
import { isReserved } from './path-pattern';
import { type Route } from './route';

/**
 * Result of a search. `ambiguous`: the first route whose path resembles that of the request, but differs from it in
 * case, in the composition of characters, or by a slash at the end. Some servers read both paths alike, others do not,
 * so such a request must be rejected; a later route must not match it.
 */
export type RouteMatch =
  | { readonly kind: 'matched'; readonly route: Route }
  | { readonly kind: 'ambiguous'; readonly route: Route }
  | { readonly kind: 'none' };

/** A request as routes see it. */
export interface RoutedRequest {
  readonly method: string;
  /** Normal form of the host. */
  readonly host: string;
  /** Decoded segments of the normal path. */
  readonly segments: readonly string[];
  /** Whether a slash follows the last segment. */
  readonly endsWithSlash: boolean;
}

/** Routes at one path, in the order of the file. */
interface Node {
  readonly children: Map<string, Node>;
  /** Routes for this path alone. */
  readonly exact: Route[];
  /** Routes for this path and everything below it. */
  readonly below: Route[];
}

const NONE: RouteMatch = { kind: 'none' };

/**
 * Finds the first route that matches a request. The cost depends on the length of the path, not on the number of routes:
 * there is a tree of folded segments for each host, and one for the routes of every host.
 */
export class RouteTable {
  private readonly everyHost = newNode();
  private readonly byHost = new Map<string, Node>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) insert(route, this.treeOf(route.host));
  }

  /** Returns the first route that matches. A route with an upstream never matches a path that Gatehouse answers itself. */
  find(request: RoutedRequest): RouteMatch {
    const { method, segments } = request;
    const openTo = isReserved(segments) ? isForwardAuthAlone : isAny;
    const folded = segments.map(fold);
    const ofEveryHost = first(this.everyHost, folded, method, openTo);
    const ofHost = this.byHost.get(request.host);
    const route = ofHost === undefined ? ofEveryHost : earlier(first(ofHost, folded, method, openTo), ofEveryHost);
    if (route === undefined) return NONE;
    return { kind: isSpelledLike(route, request) ? 'matched' : 'ambiguous', route };
  }

  private treeOf(host: string | undefined): Node {
    if (host === undefined) return this.everyHost;
    const tree = this.byHost.get(host) ?? newNode();
    this.byHost.set(host, tree);
    return tree;
  }
}

/** Whether the path of the route is exactly that of the request, or exactly what it begins with. */
export function isSpelledLike(
  { pattern }: Route,
  { segments, endsWithSlash }: Pick<RoutedRequest, 'segments' | 'endsWithSlash'>,
): boolean {
  if (!pattern.isPrefix && pattern.endsWithSlash !== endsWithSlash) return false;
  return pattern.segments.every((segment, index) => segment === segments[index]);
}

function newNode(): Node {
  return { children: new Map(), exact: [], below: [] };
}

function insert(route: Route, tree: Node): void {
  let node = tree;
  for (const segment of route.pattern.segments) {
    const folded = fold(segment);
    const next = node.children.get(folded) ?? newNode();
    node.children.set(folded, next);
    node = next;
  }
  node[route.pattern.isPrefix ? 'below' : 'exact'].push(route);
}

function first(
  tree: Node,
  folded: readonly string[],
  method: string,
  openTo: (route: Route) => boolean,
): Route | undefined {
  const matches = (route: Route) => openTo(route) && (route.methods === undefined || route.methods.has(method));
  let node: Node | undefined = tree;
  let found = node.below.find(matches);
  for (const segment of folded) {
    node = node.children.get(segment);
    if (node === undefined) return found;
    found = earlier(found, node.below.find(matches));
  }
  return earlier(found, node.exact.find(matches));
}

function earlier(one: Route | undefined, other: Route | undefined): Route | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.index < other.index ? one : other;
}

function isForwardAuthAlone({ upstream }: Route): boolean {
  return upstream === undefined;
}

function isAny(): boolean {
  return true;
}
