import { type Exchange } from '@gatehouse/http-edge';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Caller } from '../../caller/caller';
import { type GatewayConfig } from '../../config';
import { type CorsHeaders, CorsPolicy } from '../../cors/cors-policy';
import { anonymousPreflightMethod } from '../../cors/preflight';
import { HttpsRequiredError, OriginNotAllowedError } from '../../errors';
import { whenKnown } from '../../maybe-promise';
import { GatewayMetrics } from '../../metrics/gateway-metrics';
import { logProblem } from '../../problems/log-problem';
import { securityHeaders } from '../../problems/security-headers';
import { CONFIG } from '../../tokens';
import { BodyTooLargeError, ClientGoneError, MethodNotProxiedError } from '../../upstream-errors';
import { AssertionIssuer } from '../assertion/assertion-issuer';
import { Gate } from '../decide';
import { type Allowed, Refused } from '../decision';
import { OpenStreams } from '../open-streams/open-streams';
import { routeMethods } from '../policy/policy-schema';
import { refusalContent } from '../refusal-content';
import { Forward } from './forward';
import { ProxiedRequest } from './proxied-request';
import { type ProxyRoute, ProxyRoutes, type ProxyTarget } from './proxy-routes';
import { requestHeaders } from './request-headers';
import { RoutePermit } from './route-permit';
import { StreamedUpload } from './streamed-upload';
import { UpstreamMetrics } from './upstream-metrics';
import { type UpstreamTurn } from './upstream-pool';
import { UpstreamPools } from './upstream-pools';

/** Largest body that is read before the request is sent: a slow client then takes no connection to the upstream. */
const BUFFERED_BYTES = 64 * 1024;
/** Above this, an upstream may be silent for longer than the edge lets a connection be. */
const EDGE_IDLE_MS = 25_000;
const METHODS: ReadonlySet<string> = new Set(routeMethods);

/** Where a request goes, and who may have the answer. */
interface PermittedTarget extends ProxyTarget {
  readonly permit: RoutePermit;
  /** Set if the upstream was chosen before the body was read. */
  readonly turn?: UpstreamTurn;
}

/** Sends requests to the upstreams of the policy, after the gate has decided on them. */
@Injectable()
export class UpstreamProxy implements OnApplicationShutdown {
  private readonly pools: UpstreamPools;
  private readonly cors: CorsPolicy;

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
    this.pools = new UpstreamPools(config.gate.policy, config.gateStreams.maxStreams);
    this.cors = new CorsPolicy(config, logger);
    upstreams.observe(this.pools);
  }

  /** Answers a request for an upstream. Returns false if the request is for Gatehouse itself, or no route matches. */
  handle(exchange: Exchange): Promise<void> | boolean {
    const { method, url, request } = exchange;
    let target: ProxyTarget | undefined;
    try {
      const requested = anonymousPreflightMethod(method, request.headers);
      target = this.routes.find(method, request.headers.host ?? '', url, requested);
      if (target === undefined) return false;
      exchange.route = target.route.name;
      exchange.whenOver = () => this.count(exchange, undefined);
      if (this.config.requireHttps && !exchange.sawHttps) throw new HttpsRequiredError();
      if (!METHODS.has(method)) throw new MethodNotProxiedError(routeMethods.join(', '));
    } catch (error) {
      this.refuse(exchange, new Refused(error), target?.route);
      return true;
    }
    const { path, isPreflight } = target;
    if (isPreflight && target.route.cors === 'gate') {
      this.answerPreflight(exchange, target.route);
      return true;
    }
    const route = isPreflight ? openToAll(target.route) : target.route;
    const asked = new ProxiedRequest(exchange);
    const since = this.streams.version;
    const done = whenKnown(this.gate.decide(route.rules, asked), (decision) => {
      if (!decision.allowed) return this.refuse(exchange, decision, route);
      const permit = new RoutePermit(this.gate, this.routes, asked, route, decision.caller, since);
      return this.pass(exchange, { route, path, isPreflight, permit }, asked, decision);
    });
    return done instanceof Promise ? done : true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pools.close();
  }

  private answerPreflight(exchange: Exchange, route: ProxyRoute): void {
    const { origin = '', 'access-control-request-method': requested } = exchange.request.headers;
    const headers = this.cors.preflight(origin, requested, route.rules.cookieOrigins);
    if (headers === undefined) return this.refuse(exchange, new Refused(new OriginNotAllowedError()), route);
    exchange.send(204, headers);
  }

  private pass(
    exchange: Exchange,
    target: PermittedTarget,
    asked: ProxiedRequest,
    allowed: Allowed,
  ): Promise<void> | void {
    const { request } = exchange;
    const { route } = target;
    const { maxBodyBytes, rules } = route;
    const length = Number(request.headers['content-length'] ?? 0);
    if (length === 0 && request.headers['transfer-encoding'] === undefined) {
      this.forward(exchange, target, allowed, null);
      return;
    }
    if (length > maxBodyBytes || maxBodyBytes === 0) {
      const error = new BodyTooLargeError(maxBodyBytes / 1024 ** 2);
      return this.refuse(exchange, new Refused(error, allowed.caller, allowed.rateHeaders), route);
    }
    const confirm = async (): Promise<Allowed> => {
      const decision = await this.gate.confirm(rules, asked);
      if (!decision.allowed) throw decision.error;
      return decision;
    };
    if (length > 0 && length <= BUFFERED_BYTES) return this.passBuffered(exchange, target, allowed, confirm);
    exchange.continue();
    exchange.liftTimeLimit();
    return this.forwarded(
      exchange,
      target,
      allowed,
      new StreamedUpload(request, { maxBodyBytes, maxMs: target.permit.maxMs }, confirm),
    );
  }

  private async passBuffered(
    exchange: Exchange,
    target: PermittedTarget,
    allowed: Allowed,
    confirm: () => Promise<Allowed>,
  ): Promise<void> {
    // The client may have left while the gate decided.
    if (exchange.isOver) return;
    const turn = this.admit(exchange, target, allowed);
    if (turn === undefined) return;
    // The edge answers what `readBody` rejects.
    exchange.whenOver = () => {
      turn.leave();
      this.count(exchange, allowed.caller);
    };
    const body = await exchange.readBody(BUFFERED_BYTES, target.permit.holder);
    const { rateHeaders } = allowed;
    let confirmed: Allowed;
    try {
      confirmed = await confirm();
    } catch (error) {
      turn.leave();
      return this.refuse(exchange, new Refused(error, allowed.caller, rateHeaders), target.route);
    }
    // The role may have changed while the body arrived.
    await this.forwarded(exchange, { ...target, turn }, { ...confirmed, rateHeaders }, body);
  }

  /** Resolves when the request is over: until then, its body takes memory. */
  private forwarded(...given: [Exchange, PermittedTarget, Allowed, Buffer | StreamedUpload]): Promise<void> {
    return new Promise((resolve) => this.forward(...given, resolve));
  }

  private forward(
    exchange: Exchange,
    target: PermittedTarget,
    allowed: Allowed,
    body: Buffer | StreamedUpload | null,
    done?: () => void,
  ): void {
    // The client may have left while the gate decided or the body arrived.
    if (exchange.isOver) return done?.();
    const { route, path, permit } = target;
    const { caller, rateHeaders } = allowed;
    const { upstream, clerkCookies } = route;
    const keyId = caller?.principal.keyId;
    exchange.logged = { upstream: upstream.name, ...(keyId !== undefined && { keyId }) };
    const headersOf = (of: Caller | undefined) => {
      const assertion = this.assertions.issue(of, upstream.audience);
      return requestHeaders(exchange, { upstream, clerkCookies, caller: of, assertion });
    };
    const headers = headersOf(caller);
    const turn = this.admit(exchange, target, allowed);
    if (turn === undefined) {
      if (body instanceof StreamedUpload) body.destroy();
      return done?.();
    }
    const { timeoutMs } = upstream;
    if (timeoutMs > EDGE_IDLE_MS) exchange.request.socket.setTimeout(timeoutMs + EDGE_IDLE_MS);
    const forward = new Forward(
      exchange,
      turn,
      { method: exchange.method, path, headers, headersOf, body, timeoutMs },
      { rateHeaders, cors: this.corsHeaders(exchange, route) },
      permit,
      this.streams,
      (error) => {
        turn.leave();
        if (error !== undefined) this.fail(exchange, new Refused(error, caller, rateHeaders), route);
        done?.();
      },
    );
    exchange.whenOver = () => {
      forward.abandon();
      this.count(exchange, caller);
    };
    forward.send();
  }

  /** Admits a request to its upstream. If its caller has too many open, answers it and returns undefined. */
  private admit(
    exchange: Exchange,
    { route, permit, turn }: PermittedTarget,
    { caller, rateHeaders }: Allowed,
  ): UpstreamTurn | undefined {
    try {
      return turn ?? this.pools.take(route.upstream.url, permit.holder);
    } catch (error) {
      this.fail(exchange, new Refused(error, caller, rateHeaders), route);
      return undefined;
    }
  }

  /** Answers a request whose upstream failed. A response that has begun is broken off. */
  private fail(exchange: Exchange, failed: Refused, route: ProxyRoute): void {
    if (failed.error instanceof ClientGoneError) return;
    this.upstreams.failed(route.upstream.name, failed.problem.code);
    const cause = causeOf(failed.error);
    if (cause !== undefined) exchange.logged = { ...exchange.logged, cause };
    if (!exchange.response.headersSent) return this.refuse(exchange, failed, route);
    logProblem(this.logger, failed.error, failed.problem, exchange.ids);
    exchange.logged = { ...exchange.logged, reason: failed.problem.code };
    exchange.response.destroy();
  }

  private refuse(exchange: Exchange, refused: Refused, route?: ProxyRoute): void {
    const { error, problem, caller, rateHeaders } = refused;
    logProblem(this.logger, error, problem, exchange.ids);
    exchange.logged = { ...exchange.logged, reason: problem.code };
    exchange.whenOver = () => this.count(exchange, caller);
    const content = refusalContent(problem, exchange.id, route?.rules, exchange.request.headers);
    const cors = route && this.corsHeaders(exchange, route);
    const headers = { ...securityHeaders, ...content.headers, ...cors, ...rateHeaders, ...problem.headers };
    exchange.send(problem.status, headers, content.body);
  }

  /** What the gate tells pages of other origins; undefined where the upstream does. */
  private corsHeaders({ request }: Exchange, { cors, rules }: ProxyRoute): CorsHeaders | undefined {
    return cors === 'gate' ? this.cors.headersFor(request.headers.origin, rules.cookieOrigins) : undefined;
  }

  private count(exchange: Exchange, caller: Caller | undefined): void {
    const { route, method, response } = exchange;
    const status = response.headersSent ? response.statusCode : 499;
    this.metrics.requestEnded({ method, route, status, auth: caller?.principal.method }, exchange.elapsedMs);
  }
}

/** The route without its rules about callers: a preflight has none. */
function openToAll(route: ProxyRoute): ProxyRoute {
  return { ...route, rules: { ...route.rules, access: 'public' } };
}

/** Code of the error that made an upstream fail, such as ECONNREFUSED; for the log. */
function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}
