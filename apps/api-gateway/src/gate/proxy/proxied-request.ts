import { type IncomingHttpHeaders } from 'node:http';
import { type Exchange } from '@gatehouse/http-edge';
import { type GateRequest } from '../../caller/gate-request';

/** What is read of a request, or of the handshake of a WebSocket. */
type ArrivedRequest = Pick<Exchange, 'id' | 'method' | 'url' | 'request' | 'clientAddress' | 'sawHttps'>;

const NO_TOKENS: readonly string[] = [];

/** A request for an upstream, as the gate decides on it. */
export class ProxiedRequest implements GateRequest {
  /** @param tokens tokens in subprotocols of a WebSocket, which count like one in `Authorization` */
  constructor(
    private readonly arrived: ArrivedRequest,
    private readonly tokens = NO_TOKENS,
  ) {}

  get id(): string {
    return this.arrived.id;
  }

  get method(): string {
    return this.arrived.method;
  }

  get url(): string {
    return this.arrived.url;
  }

  get rawHeaders(): readonly string[] {
    const { tokens, arrived } = this;
    const { rawHeaders } = arrived.request;
    if (tokens.length === 0) return rawHeaders;
    return [...rawHeaders, ...tokens.flatMap((token) => ['Authorization', `Bearer ${token}`])];
  }

  get headers(): IncomingHttpHeaders {
    return this.arrived.request.headers;
  }

  get askedOrigin(): string {
    const { sawHttps, request } = this.arrived;
    return `${sawHttps ? 'https' : 'http'}://${request.headers.host ?? ''}`;
  }

  /** Read late: most requests are counted by user. */
  get ip(): string {
    return this.arrived.clientAddress;
  }
}
