import { countedAddress } from '@gatehouse/http-edge';
import { type Caller } from '../../caller/caller';
import { type GateRequest } from '../../caller/gate-request';
import { CredentialMissingError, RouteUnknownError } from '../../errors';
import { type MaybePromise } from '../../maybe-promise';
import { type Gate } from '../decide';
import { Allowed, type Decision, Refused } from '../decision';
import { type StreamPermit, type StreamsVersion } from '../open-streams/open-stream';
import { type ProxyRoute, type ProxyRoutes } from './proxy-routes';

const MINUTE_MS = 60_000;

/** The permission of a caller to have an answer of an upstream, for as long as it is open. */
export class RoutePermit implements StreamPermit {
  constructor(
    private readonly gate: Pick<Gate, 'confirmCaller'>,
    private readonly routes: Pick<ProxyRoutes, 'find'>,
    private readonly asked: GateRequest,
    private readonly route: ProxyRoute,
    readonly caller: Caller | undefined,
    readonly since: StreamsVersion,
  ) {}

  get holder(): string {
    return this.caller?.principal.userId ?? countedAddress(this.asked.ip);
  }

  get maxMs(): number {
    return this.route.upstream.maxConnectionMinutes * MINUTE_MS;
  }

  /** Decides by the route of now, which may be another one if the policy has changed. Never throws or rejects. */
  confirm(): MaybePromise<Decision> {
    const { asked, caller } = this;
    let route: ProxyRoute | undefined;
    try {
      route = this.routes.find(asked.method, asked.headers.host ?? '', asked.url)?.route;
    } catch (error) {
      // By the new policy, the path resembles that of a route in another spelling.
      return new Refused(error);
    }
    if (route === undefined) return new Refused(new RouteUnknownError());
    if (route.rules.access === 'public') return new Allowed(caller, undefined);
    if (caller === undefined) return new Refused(new CredentialMissingError());
    return this.gate.confirmCaller(route.rules, caller, asked);
  }
}
