import { normalizeHost } from '../path/normal-host';
import { escapesUnreserved, normalizePath, pathFaults } from '../path/normal-path';
import { type RouteExplanation, explainRoute } from './explain-route';
import { isReserved } from './path-pattern';
import { type Policy } from './policy';
import { openTo } from './policy-report';
import { routeMethods } from './policy-schema';
import { type Route } from './route';

/** Where a request arrives: at the port of the gateway, or at a proxy that asks by forward auth. */
export const gateEdges = ['gateway', 'forward-auth'] as const;

/** Where a request arrives. */
export type GateEdge = (typeof gateEdges)[number];

/**
 * What becomes of a request.
 * - `route`: a route decides on it
 * - `gatehouse`: Gatehouse answers it itself
 * - `unmatched`: it is rejected, because no route matches
 * - `rejected`: it is rejected with 400, because servers may read its host or path differently, or with 405
 */
export const gateOutcomes = ['route', 'gatehouse', 'unmatched', 'rejected'] as const;

const METHODS: ReadonlySet<string> = new Set(routeMethods);

/** A request as the client sends it. */
export interface GateRequestLine {
  readonly method: string;
  /** With or without a port. */
  readonly host: string;
  /** With or without a query string. */
  readonly path: string;
}

/** What becomes of a request, and why. */
export interface RequestExplanation {
  readonly outcome: (typeof gateOutcomes)[number];
  /** The outcome in words. */
  readonly detail: string;
  /** The route that decides; undefined for every other outcome than `route`. */
  readonly route: Route | undefined;
  /** The routes up to the one that decides, in order; all of them if none does. */
  readonly tried: RouteExplanation['routes'];
}

/** Explains what becomes of a request that arrives at `edge`. */
export function explainRequest(policy: Policy, edge: GateEdge, request: GateRequestLine): RequestExplanation {
  const host = normalizeHost(request.host);
  if (host === undefined) return untried('rejected', 'Rejected with 400: the host is not one host name or address.');
  const path = normalizePath(request.path);
  if ('fault' in path) return untried('rejected', `Rejected with 400: the path ${pathFaults[path.fault]}.`);
  if (edge === 'gateway' && isReserved(path.segments)) {
    return untried('gatehouse', 'Gatehouse answers this path itself. No route of the policy covers it.');
  }
  if (edge === 'forward-auth' && escapesUnreserved(request.path)) {
    const holds = 'the path holds an escaped letter, digit, hyphen, dot, underscore or tilde';
    return untried('rejected', `Rejected with 400: ${holds}, which not every server decodes.`);
  }
  const { match, routes: tried } = explainRoute(policy, {
    ...{ method: request.method, host },
    ...{ segments: path.segments, endsWithSlash: path.endsWithSlash },
  });
  if (match.kind === 'ambiguous') {
    const detail = `Rejected with 400: routes[${match.route.index}] has this path in another spelling, and servers may read both alike.`;
    return { outcome: 'rejected', detail, route: undefined, tried };
  }
  const refused = edge === 'gateway' ? '404' : '403 route_unknown';
  if (match.kind === 'none') {
    return { outcome: 'unmatched', detail: `Rejected with ${refused}: no route matches.`, route: undefined, tried };
  }
  const { route } = match;
  if (edge === 'gateway' && route.upstream === undefined) {
    const detail = `Rejected with ${refused}: routes[${route.index}] has no upstream, so it is for forward auth alone.`;
    return { outcome: 'unmatched', detail, route: undefined, tried };
  }
  if (edge === 'gateway' && !METHODS.has(request.method)) {
    const detail = `Rejected with 405: the gate sends upstreams only ${routeMethods.join(', ')}.`;
    return { outcome: 'rejected', detail, route: undefined, tried };
  }
  return { outcome: 'route', detail: `Open to ${openTo(route)}.`, route, tried };
}

function untried(outcome: RequestExplanation['outcome'], detail: string): RequestExplanation {
  return { outcome, detail, route: undefined, tried: [] };
}
