import { type IncomingHttpHeaders } from 'node:http';
import { type Exchange } from '@gatehouse/http-edge';
import { type GateRequest } from '../../caller/gate-request';

/** A request for an upstream, as the gate decides on it. */
export class ProxiedRequest implements GateRequest {
  constructor(private readonly exchange: Exchange) {}

  get id(): string {
    return this.exchange.id;
  }

  get method(): string {
    return this.exchange.method;
  }

  get url(): string {
    return this.exchange.url;
  }

  get rawHeaders(): readonly string[] {
    return this.exchange.request.rawHeaders;
  }

  get headers(): IncomingHttpHeaders {
    return this.exchange.request.headers;
  }

  get askedOrigin(): string {
    const { sawHttps, request } = this.exchange;
    return `${sawHttps ? 'https' : 'http'}://${request.headers.host ?? ''}`;
  }

  /** Read late: most requests are counted by user. */
  get ip(): string {
    return this.exchange.clientAddress;
  }
}
