import { type Route, type Upstream } from './route';
import { RouteTable } from './route-table';

/** Rules of the gate: what is open, to whom. */
export class Policy {
  /** Finds the route of a request. */
  readonly table: RouteTable;
  /** Origins of the upstreams. */
  readonly origins: ReadonlySet<string>;

  constructor(
    readonly routes: readonly Route[],
    readonly upstreams: readonly Upstream[],
    /** Scopes that API keys can hold, besides those of Gatehouse. */
    readonly scopes: readonly string[],
  ) {
    this.table = new RouteTable(routes);
    this.origins = new Set(upstreams.map(({ url }) => url));
  }

  /** Whether a route accepts the session cookie. */
  get acceptsCookies(): boolean {
    return this.routes.some(({ credentials }) => credentials.has('cookie'));
  }

  /** The policy without a file: nothing is open. */
  static readonly closed = new Policy([], [], []);
}
