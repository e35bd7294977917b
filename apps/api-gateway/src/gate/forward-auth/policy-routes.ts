import { type Live } from '@gatehouse/config';
import { LRUCache } from 'lru-cache';
import { RequestInvalidError, RouteUnknownError } from '../../errors';
import { fieldFault } from '../../problems/field-faults';
import { normalizeHost } from '../path/normal-host';
import { escapesUnreserved, normalizePath } from '../path/normal-path';
import { hostInvalid, labelOf, nameOf, pathAmbiguous, pathInvalid, rulesOfRoute } from '../policy-rules';
import { type Policy } from '../policy/policy';
import { type Route } from '../policy/route';
import { type RouteMatch } from '../policy/route-table';
import { type ProtectedRoute } from './protected-route';

/** Maximum number of requests whose route is remembered, and the maximum length of each. */
const MAX_FOUND = 2_000;
const MAX_LENGTH = 256;

/** Routes of the policy, as forward auth needs them. */
export class PolicyRoutes {
  private readonly known = new WeakMap<Route, ProtectedRoute>();
  /** By method, host and URL: most requests repeat earlier ones. */
  private readonly found = new LRUCache<string, ProtectedRoute>({ max: MAX_FOUND });
  /** Policy in which they were found. */
  private foundIn: Policy;

  constructor(
    private readonly policy: Live<Policy>,
    /** Origin whose pages may use a cookie on routes that list no origins. */
    private readonly defaultOrigin: string,
  ) {
    this.foundIn = policy.current;
  }

  /**
   * Returns the first route that matches. `host` and `url` (path and query) are as the client sent them.
   * @throws RouteUnknownError if no route matches; RequestInvalidError if servers may read host or path differently
   */
  find(method: string, host: string, url: string): ProtectedRoute {
    // Compared at each use: a listener of the policy is not called if one before it throws.
    const { current } = this.policy;
    if (current !== this.foundIn) this.found.clear();
    this.foundIn = current;
    // A line break is in none of them, so two requests never have the same text.
    const request = `${method}\n${host}\n${url}`;
    const found = this.found.get(request);
    if (found !== undefined) return found;
    const match = this.match(method, host, url);
    if (match.kind === 'none') throw new RouteUnknownError();
    if (match.kind === 'ambiguous') throw pathAmbiguous();
    const route = this.known.get(match.route) ?? this.remember(match.route);
    if (request.length <= MAX_LENGTH) this.found.set(request, route);
    return route;
  }

  /**
   * Whether the first route that matches lists the method, rather than being for every method.
   * @throws RequestInvalidError if servers may read host or path differently
   */
  lists(method: string, host: string, url: string): boolean {
    const match = this.match(method, host, url);
    return match.kind !== 'none' && match.route.methods !== undefined;
  }

  private match(method: string, host: string, url: string): RouteMatch {
    const normalHost = normalizeHost(host);
    if (normalHost === undefined) throw hostInvalid();
    const path = normalizePath(url);
    if ('fault' in path) throw pathInvalid(path.fault);
    // The service gets the path as it came.
    if (escapesUnreserved(url)) {
      const message =
        'holds an escaped letter, digit, hyphen, dot, underscore or tilde, which not every server decodes';
      throw new RequestInvalidError([fieldFault('path', [], message)]);
    }
    return this.policy.current.table.find({
      ...{ method, host: normalHost },
      ...{ segments: path.segments, endsWithSlash: path.endsWithSlash },
    });
  }

  private remember(route: Route): ProtectedRoute {
    const { audience, cors, clerkCookies } = route;
    const found: ProtectedRoute = {
      ...{ name: labelOf('forward-auth', nameOf(route)), audience, cors, clerkCookies },
      rules: rulesOfRoute(route, this.defaultOrigin),
    };
    this.known.set(route, found);
    return found;
  }
}
