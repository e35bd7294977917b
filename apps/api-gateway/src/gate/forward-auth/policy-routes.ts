import { type Live } from '@gatehouse/config';
import { RequestInvalidError, RouteUnknownError } from '../../errors';
import { fieldFault } from '../../problems/field-faults';
import { normalizeHost } from '../path/normal-host';
import { escapesUnreserved, normalizePath } from '../path/normal-path';
import { hostInvalid, labelOf, nameOf, pathAmbiguous, pathInvalid, rulesOfRoute } from '../policy-rules';
import { FoundRoutes } from '../policy/found-routes';
import { type Policy } from '../policy/policy';
import { type Route } from '../policy/route';
import { type RouteMatch } from '../policy/route-table';
import { type ProtectedRoute } from './protected-route';

/** Routes of the policy, as forward auth needs them. */
export class PolicyRoutes {
  private readonly known = new WeakMap<Route, ProtectedRoute>();
  private readonly found: FoundRoutes<ProtectedRoute>;

  constructor(
    private readonly policy: Live<Policy>,
    /** Origin whose pages may use a cookie on routes that list no origins. */
    private readonly defaultOrigin: string,
  ) {
    this.found = new FoundRoutes(policy, (...request) => this.search(...request));
  }

  /**
   * Returns the first route that matches. `host` and `url` (path and query) are as the client sent them.
   * @throws RouteUnknownError if no route matches; RequestInvalidError if servers may read host or path differently
   */
  find(method: string, host: string, url: string): ProtectedRoute {
    const route = this.found.find(method, host, url);
    if (route === undefined) throw new RouteUnknownError();
    return route;
  }

  /**
   * Whether the first route that matches lists the method, rather than being for every method.
   * @throws RequestInvalidError if servers may read host or path differently
   */
  lists(method: string, host: string, url: string): boolean {
    const match = matchIn(this.policy.current, method, host, url);
    return match.kind !== 'none' && match.route.methods !== undefined;
  }

  private search(method: string, host: string, url: string, policy: Policy): ProtectedRoute | undefined {
    const match = matchIn(policy, method, host, url);
    if (match.kind === 'none') return undefined;
    if (match.kind === 'ambiguous') throw pathAmbiguous();
    return this.known.get(match.route) ?? this.remember(match.route);
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

function matchIn({ table }: Policy, method: string, host: string, url: string): RouteMatch {
  const normalHost = normalizeHost(host);
  if (normalHost === undefined) throw hostInvalid();
  const path = normalizePath(url);
  if ('fault' in path) throw pathInvalid(path.fault);
  // The service gets the path as it came.
  if (escapesUnreserved(url)) {
    const message = 'holds an escaped letter, digit, hyphen, dot, underscore or tilde, which not every server decodes';
    throw new RequestInvalidError([fieldFault('path', [], message)]);
  }
  return table.find({
    ...{ method, host: normalHost },
    ...{ segments: path.segments, endsWithSlash: path.endsWithSlash },
  });
}
