import { type Live } from '@gatehouse/config';
import { normalizeHost } from '../path/normal-host';
import { normalizePath } from '../path/normal-path';
import { hostInvalid, labelOf, nameOf, pathAmbiguous, pathInvalid, rulesOfRoute } from '../policy-rules';
import { isReserved, reservedSegments } from '../policy/path-pattern';
import { FoundRoutes } from '../policy/found-routes';
import { type Policy } from '../policy/policy';
import { type Route, type Upstream } from '../policy/route';
import { type RouteRules } from '../route-rules';

/** Targets that are for Gatehouse itself, as most clients write them. Of the others, the normal path decides. */
const IS_RESERVED = new RegExp(`^/(?:$|[?]|(?:${reservedSegments.join('|').replace('.', '[.]')})(?:$|[/?]))`);

/** A route of the policy whose requests go to an upstream. */
export interface ProxyRoute {
  /** Name in logs and metrics. */
  readonly name: string;
  readonly rules: RouteRules;
  readonly upstream: Upstream;
  readonly maxBodyBytes: number;
  /** Who tells pages of other origins what they may do. */
  readonly cors: 'gate' | 'upstream';
  /** Whether Clerk's cookies reach the upstream. */
  readonly clerkCookies: 'strip' | 'pass';
}

/** Where a request goes. */
export interface ProxyTarget {
  readonly route: ProxyRoute;
  /** Normal path with the query, for the upstream. */
  readonly path: string;
  /** Whether the request is a preflight, which has no caller. */
  readonly isPreflight: boolean;
}

/** Routes of the policy, as the proxy needs them. */
export class ProxyRoutes {
  private readonly known = new WeakMap<Route, ProxyRoute>();
  private readonly found: FoundRoutes<ProxyTarget>;

  constructor(
    private readonly policy: Live<Policy>,
    /** Origin whose pages may use a cookie on routes that list no origins. */
    private readonly defaultOrigin: string,
  ) {
    this.found = new FoundRoutes(policy, (...request) => this.search(...request));
  }

  /**
   * Returns where a request goes; undefined if no upstream gets it: it is for Gatehouse itself, no route matches, or the
   * first route that matches is for forward auth alone. `host` and `url` (path and query) are as the client sent them.
   *
   * A preflight is about the request that it asks for, and has the route of that one: `requested` is its method. A route
   * that lists `OPTIONS` is about all such requests.
   * @throws RequestInvalidError if servers may read host or path differently
   */
  find(method: string, host: string, url: string, requested?: string): ProxyTarget | undefined {
    const { current } = this.policy;
    if (current.upstreams.length === 0 || IS_RESERVED.test(url)) return undefined;
    return requested === undefined
      ? this.found.find(method, host, url)
      : this.search(method, host, url, current, requested);
  }

  private search(
    method: string,
    host: string,
    url: string,
    { table }: Policy,
    requested?: string,
  ): ProxyTarget | undefined {
    const normal = normalizePath(url);
    if ('fault' in normal) throw pathInvalid(normal.fault);
    if (isReserved(normal.segments)) return undefined;
    const normalHost = normalizeHost(host);
    if (normalHost === undefined) throw hostInvalid();
    const { segments, endsWithSlash } = normal;
    const place = { host: normalHost, segments, endsWithSlash };
    let match = table.find({ ...place, method });
    const isPreflight = requested !== undefined && (match.kind === 'none' || match.route.methods === undefined);
    if (isPreflight) match = table.find({ ...place, method: requested });
    if (match.kind === 'ambiguous') throw pathAmbiguous();
    if (match.kind === 'none' || match.route.upstream === undefined) return undefined;
    const route = this.known.get(match.route) ?? this.remember(match.route, match.route.upstream);
    return { route, path: normal.path + normal.query, isPreflight };
  }

  private remember(route: Route, upstream: Upstream): ProxyRoute {
    const found: ProxyRoute = {
      name: labelOf('proxy', nameOf(route)),
      rules: rulesOfRoute(route, this.defaultOrigin),
      upstream,
      maxBodyBytes: route.maxBodyBytes,
      cors: route.cors,
      clerkCookies: route.clerkCookies,
    };
    this.known.set(route, found);
    return found;
  }
}
