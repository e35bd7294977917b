import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { clientRequestId } from './request-id';
import { type TrustedProxies } from './trusted-proxies';

/** Ids that are in every log line of a request. */
export type RequestIds = Readonly<Record<string, string>> & { readonly correlationId: string };

/** A request that has arrived: its ids, its client, and what is logged about it. */
export class Arrival {
  /** Id of the request. Made here, because a client could send the id of another request. */
  readonly id = randomUUID() as string;
  /**
   * Pattern of the route, such as `/api/keys/:id`; `unknown` when no route matches. Logged instead of the path, so that
   * the field has few values.
   */
  route = 'unknown';
  /** Fields that the handler adds to the log line of the request: ids and codes, no personal data. */
  logged: Readonly<Record<string, string | number>> | undefined;
  private readonly startedMs = performance.now();
  private readonly peer: string;

  constructor(
    readonly request: IncomingMessage,
    private readonly proxies: TrustedProxies,
  ) {
    this.peer = request.socket.remoteAddress ?? '';
  }

  get method(): string {
    return this.request.method ?? '';
  }

  /** Target of the request as it was sent, with the query. */
  get url(): string {
    return this.request.url ?? '';
  }

  /** Address of the client, as the trusted proxies say; empty when the connection has already ended. */
  get clientAddress(): string {
    return this.proxies.clientOf(this.peer, this.request.headers);
  }

  /** Address of the other end of the connection; empty when the connection has already ended. */
  get peerAddress(): string {
    return this.peer;
  }

  /** Whether the request used HTTPS on every hop, as the trusted proxies say. */
  get sawHttps(): boolean {
    return this.proxies.sawHttps(this.peer, this.request.headers);
  }

  /** The client's id of the request; undefined if it sent none that may be logged. */
  get clientRequestId(): string | undefined {
    return clientRequestId(this.request);
  }

  /** Ids for every log line of the request: ours, and the client's if it sent one. */
  get ids(): RequestIds {
    const theirs = this.clientRequestId;
    return theirs === undefined ? { correlationId: this.id } : { correlationId: this.id, clientRequestId: theirs };
  }

  /** Time since the request arrived; milliseconds. */
  get elapsedMs(): number {
    return performance.now() - this.startedMs;
  }
}
