import { type IncomingMessage } from 'node:http';
import { PROBLEM_TYPE, type Upgrade } from '@gatehouse/http-edge';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Caller } from '../../caller/caller';
import { type GatewayConfig } from '../../config';
import { HttpsRequiredError } from '../../errors';
import { type RateHeaders } from '../../limits/rate-headers';
import { whenKnown } from '../../maybe-promise';
import { GatewayMetrics } from '../../metrics/gateway-metrics';
import { errorResponse } from '../../problems/error-response';
import { securityHeaders } from '../../problems/security-headers';
import { logProblem } from '../../problems/log-problem';
import { toProblem } from '../../problems/problem';
import { CONFIG } from '../../tokens';
import { HandshakeInvalidError } from '../../upstream-errors';
import { AssertionIssuer } from '../assertion/assertion-issuer';
import { Gate } from '../decide';
import { type Allowed } from '../decision';
import { OpenStreams } from '../open-streams/open-streams';
import { ProxiedRequest } from '../proxy/proxied-request';
import { ProxyRoutes, type ProxyTarget } from '../proxy/proxy-routes';
import { requestHeaders } from '../proxy/request-headers';
import { RoutePermit } from '../proxy/route-permit';
import { UpstreamMetrics } from '../proxy/upstream-metrics';
import { UpstreamPools } from '../proxy/upstream-pools';
import { handshakeFault } from './handshake';
import { ProxiedWebSocket } from './proxied-websocket';
import { writeHead } from './response-head';
import { type OfferedSubprotocols, readSubprotocols } from './subprotocols';

const SUBPROTOCOLS = 'sec-websocket-protocol';
/** Status in the log as long as nothing was answered. */
const CLIENT_GONE = 499;

/** Opens WebSockets to the upstreams of the policy, after the gate has decided on them. */
@Injectable()
export class WebSocketProxy implements OnApplicationShutdown {
  /** Connections of their own: one that was idle could be closed by the upstream just now. */
  private readonly pools: UpstreamPools;

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly gate: Gate,
    private readonly routes: ProxyRoutes,
    private readonly assertions: AssertionIssuer,
    private readonly streams: OpenStreams,
    private readonly metrics: GatewayMetrics,
    private readonly upstreams: UpstreamMetrics,
  ) {
    this.pools = new UpstreamPools(config.gate.policy);
  }

  /** Whether a request goes to an upstream. Others are answered as if they did not ask for a WebSocket. */
  mayUpgrade(request: IncomingMessage): boolean {
    try {
      return this.targetOf(request) !== undefined;
    } catch {
      return false;
    }
  }

  upgrade(upgrade: Upgrade): void {
    const { request, head } = upgrade;
    const target = this.targetOf(request);
    if (target === undefined) return upgrade.end();
    upgrade.status = CLIENT_GONE;
    const { route } = target;
    upgrade.route = route.name;
    upgrade.logged = { upstream: route.upstream.name };
    const fault = handshakeFault(request, head);
    if (fault !== undefined) return this.refuse(upgrade, new HandshakeInvalidError(fault));
    if (this.config.requireHttps && !upgrade.sawHttps) return this.refuse(upgrade, new HttpsRequiredError());
    const offered = readSubprotocols(request.headers[SUBPROTOCOLS]);
    const asked = new ProxiedRequest(upgrade, offered.tokens);
    const since = this.streams.version;
    const done = whenKnown(this.gate.decide(route.rules, asked), (decision) => {
      if (!decision.allowed) return this.refuse(upgrade, decision.error, decision.caller, decision.rateHeaders);
      const permit = new RoutePermit(this.gate, this.routes, asked, route, decision.caller, since);
      this.connect(upgrade, target, permit, decision, offered);
    });
    // What is thrown before the gate has decided is answered by the edge.
    if (done instanceof Promise) done.catch((error: unknown) => this.refuse(upgrade, error));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pools.close();
  }

  private targetOf({ method = '', headers, url = '' }: IncomingMessage): ProxyTarget | undefined {
    return this.routes.find(method, headers.host ?? '', url);
  }

  private connect(
    upgrade: Upgrade,
    { route: { upstream, clerkCookies }, path }: ProxyTarget,
    permit: RoutePermit,
    { caller, rateHeaders }: Allowed,
    offered: OfferedSubprotocols,
  ): void {
    const keyId = caller?.principal.keyId;
    if (keyId !== undefined) upgrade.logged = { ...upgrade.logged, keyId };
    if (upgrade.socket.destroyed) return;
    const refuse = (error: unknown) => {
      this.upstreams.failed(upstream.name, errorResponse(error).code);
      this.refuse(upgrade, error, caller, rateHeaders);
    };
    try {
      this.streams.requireRoom(permit);
      const headersOf = (of: Caller | undefined) => {
        const assertion = this.assertions.issue(of, upstream.audience);
        const list = requestHeaders(upgrade, { upstream, clerkCookies, caller: of, assertion });
        if (offered.forUpstream.length > 0) list.push(SUBPROTOCOLS, offered.forUpstream.join(', '));
        return list;
      };
      const headers = headersOf(caller);
      const turn = this.pools.take(upstream.url, permit.holder);
      const socket = new ProxiedWebSocket(
        {
          ...{ upgrade, permit, turn, path, headers, headersOf, offered, rateHeaders, refuse },
          timeoutMs: upstream.timeoutMs,
          count: () => this.count(upgrade, caller),
        },
        this.streams,
      );
      socket.ask();
    } catch (error) {
      refuse(error);
    }
  }

  private refuse(upgrade: Upgrade, error: unknown, caller?: Caller, rateHeaders?: RateHeaders): void {
    const problem = errorResponse(error);
    // The log context may be that of another request: the one that opened the connection to the upstream.
    logProblem(this.logger, error, problem, upgrade.ids);
    upgrade.status = problem.status;
    upgrade.logged = { ...upgrade.logged, reason: problem.code };
    this.count(upgrade, caller);
    const body = JSON.stringify(toProblem(problem, upgrade.id));
    const headers = {
      ...{ 'x-request-id': upgrade.id, ...securityHeaders, ...rateHeaders, ...problem.headers },
      ...{ 'content-type': PROBLEM_TYPE, 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
    };
    writeHead(upgrade.socket, problem.status, Object.entries(headers).flat());
    upgrade.end(body);
  }

  private count(upgrade: Upgrade, caller: Caller | undefined): void {
    const { route, method, status, elapsedMs } = upgrade;
    this.metrics.requestEnded({ method, route, status, auth: caller?.principal.method }, elapsedMs);
  }
}
