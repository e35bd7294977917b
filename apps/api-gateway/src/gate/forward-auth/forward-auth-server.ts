import { type IncomingHttpHeaders, METHODS } from 'node:http';
import { ByteBudget, type Exchange, HttpEdge, TrustedProxies, clientAddress } from '@gatehouse/http-edge';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../../config';
import { CorsPolicy } from '../../cors/cors-policy';
import { GatewayMetrics } from '../../metrics/gateway-metrics';
import { logProblem } from '../../problems/log-problem';
import { CONFIG } from '../../tokens';
import { AssertionIssuer } from '../assertion/assertion-issuer';
import { Gate } from '../decide';
import { labelOf } from '../policy-rules';
import { ForwardAuth, type ForwardOutcome } from './forward-auth';
import { refusedArrival } from './forward-answer';
import { type ForwardRequest } from './forward-request';
import { PolicyRoutes } from './policy-routes';
import { PROXY_SECRET_HEADER, type ProxySecrets, isSecretKnown } from './proxy-secrets';

/** Proxies add headers of their own to those of the client. */
const LIMITS = { headerBytes: 32 * 1_024, headerCount: 200 };

const KNOWN_METHODS = new Set(METHODS);

/** Name in logs and metrics of requests that no route matches. */
const UNKNOWN_ROUTE = labelOf('forward-auth', undefined);

/** HTTP server on which reverse proxies ask. Listens where `FORWARD_AUTH` is set, and is never exposed to clients. */
@Injectable()
export class ForwardAuthServer implements OnApplicationBootstrap {
  private edge: HttpEdge | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly gate: Gate,
    private readonly assertions: AssertionIssuer,
    private readonly metrics: GatewayMetrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { forwardAuth, host, requireHttps, trustProxy, gate, publicUrl } = this.config;
    if (forwardAuth === undefined) return;
    const routes = new PolicyRoutes(gate.policy, new URL(publicUrl).origin);
    const { family, port, proxies, secrets } = forwardAuth;
    const cors = new CorsPolicy(this.config, this.logger);
    const asked = new ForwardAuth(this.gate, routes, this.assertions, cors, { family, requireHttps });
    const askers = new TrustedProxies(proxies);
    const before = Array.isArray(trustProxy) ? trustProxy : [];
    this.edge = new HttpEdge(
      {
        handle: (exchange) => {
          const outcome = asked.answer(
            new ReceivedQuestion(exchange, askers.trusts(clientAddress(exchange.peerAddress) ?? ''), secrets.current),
          );
          if (!(outcome instanceof Promise)) return this.send(exchange, outcome);
          return outcome.then((known) => this.send(exchange, known));
        },
        dropped: (reason) => this.metrics.droppedConnections.inc({ port: 'forward_auth', reason }),
      },
      {
        ...{ logger: this.logger, limits: LIMITS },
        trustProxy: [...proxies, ...before],
        // No body is read.
        budget: new ByteBudget(0),
        answerAs: (rejection) => refusedArrival(family, rejection),
      },
    );
    await this.edge.listen(port, host);
    this.logger.info({ url: this.edge.url, family }, 'listening for forward auth');
  }

  /** Answers what is open or on its way, and closes all connections. Called at shutdown, by `DRAIN`. */
  async close(): Promise<void> {
    await this.edge?.close();
  }

  /** URL at which proxies ask; undefined while the server does not listen. */
  get url(): string | undefined {
    return this.edge?.url;
  }

  private send(exchange: Exchange, { answer, route, caller, method, refusal }: ForwardOutcome): void {
    exchange.route = route?.name ?? UNKNOWN_ROUTE;
    const keyId = caller?.principal.keyId;
    if (keyId !== undefined) exchange.logged = { keyId };
    if (refusal !== undefined) logProblem(this.logger, refusal.error, refusal.problem, exchange.ids);
    exchange.send(answer.status, answer.headers, answer.body);
    this.metrics.requestEnded(
      {
        // Proxies name the method in a header, which may hold any text.
        method: method !== undefined && KNOWN_METHODS.has(method) ? method : 'other',
        route: exchange.route,
        // nginx gets 403 for most refusals.
        status: refusal?.problem.status ?? answer.status,
        auth: caller?.principal.method,
      },
      exchange.elapsedMs,
    );
  }
}

/** A proxy's question, as the edge has received it. */
class ReceivedQuestion implements ForwardRequest {
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly hasSecret: boolean;

  constructor(
    private readonly exchange: Exchange,
    readonly isFromProxy: boolean,
    secrets: ProxySecrets,
  ) {
    const { rawHeaders, headers } = exchange.request;
    this.rawHeaders = rawHeaders;
    this.headers = headers;
    this.hasSecret = isSecretKnown(secrets, headers[PROXY_SECRET_HEADER]);
  }

  get id(): string {
    return this.exchange.id;
  }

  get method(): string {
    return this.exchange.method;
  }

  get url(): string {
    return this.exchange.url;
  }

  get clientAddress(): string {
    return this.exchange.clientAddress;
  }
}
