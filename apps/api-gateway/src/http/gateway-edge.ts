import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ByteBudget, type Exchange, HttpEdge } from '@gatehouse/http-edge';
import { withLogContext } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../config';
import { type UpstreamProxy } from '../gate/proxy/upstream-proxy';
import { type WebSocketProxy } from '../gate/websocket/websocket-proxy';
import { type GatewayMetrics } from '../metrics/gateway-metrics';

/** Bytes of all request bodies that the gate holds in memory. Fastify limits its own bodies. */
const BODY_BYTES = 64 * 1024 ** 2;
/** Connections besides those of live streams, and of streams and WebSockets of upstreams. */
const CONNECTIONS = 20_000;

/** Answers the requests for upstreams; returns false if Nest must answer. */
type GateFront = Pick<UpstreamProxy, 'handle'>;

/** Opens the WebSockets of upstreams. */
type UpgradeFront = Pick<WebSocketProxy, 'mayUpgrade' | 'upgrade'>;

/** Server of Nest, as Fastify hands it to a server factory. */
type NestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The HTTP server of the gateway, on bare `node:http` in front of Nest. The gate takes the requests to upstreams; Nest
 * gets all others.
 */
export class GatewayEdge {
  private readonly edge: HttpEdge;
  private readonly isConsole: (request: IncomingMessage) => boolean;
  private gate: GateFront | undefined;
  private webSockets: UpgradeFront | undefined;
  private nest: NestHandler | undefined;
  private metrics: Pick<GatewayMetrics, 'droppedConnections'> | undefined;

  constructor({ trustProxy, realtime, gateStreams, console }: GatewayConfig, logger: Logger) {
    this.isConsole = (request) => console?.includes(request) ?? false;
    this.edge = new HttpEdge(
      {
        handle: (exchange) => this.handle(exchange),
        mayUpgrade: (request) => !this.isConsole(request) && (this.webSockets?.mayUpgrade(request) ?? false),
        upgrade: (upgrade) => withLogContext(upgrade.ids, () => this.webSockets?.upgrade(upgrade)),
        dropped: (reason) => this.metrics?.droppedConnections.inc({ port: 'public', reason }),
      },
      {
        ...{ logger, trustProxy },
        budget: new ByteBudget(BODY_BYTES),
        limits: { connections: CONNECTIONS + realtime.maxStreams + gateStreams.maxStreams },
      },
    );
  }

  /** Gives Nest the requests that the gate does not answer. For Fastify's `serverFactory`. */
  serve(nest: NestHandler): Server {
    this.nest = nest;
    return this.edge.server;
  }

  /** Lets the gate answer requests to upstreams. Until this call, Nest gets every request. */
  guardBy(gate: GateFront, webSockets: UpgradeFront): void {
    this.gate = gate;
    this.webSockets = webSockets;
  }

  /** Counts dropped connections. Until this call, nobody does. */
  measureBy(metrics: Pick<GatewayMetrics, 'droppedConnections'>): void {
    this.metrics = metrics;
  }

  /** Answers what is open or on its way, and closes all connections. */
  close(): Promise<void> {
    return this.edge.close();
  }

  private handle(exchange: Exchange): void | Promise<void> {
    // No upstream is reachable on the origin of the console: its pages could use the session.
    const answered = this.isConsole(exchange.request) ? false : (this.gate?.handle(exchange) ?? false);
    if (answered === false) this.passToNest(exchange);
    else if (answered !== true) return answered;
  }

  private passToNest({ request, response, ids }: Exchange): void {
    response.gather();
    withLogContext(ids, () => this.nest?.(request, response));
  }
}
