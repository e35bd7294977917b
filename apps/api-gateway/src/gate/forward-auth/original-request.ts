import { type IncomingHttpHeaders } from 'node:http';
import { type GateRequest } from '../../caller/gate-request';
import { type ForwardRequest } from './forward-request';
import { type OriginalTarget } from './proxy-family';

/** A request at a proxy, as the gate decides on it. */
export class OriginalRequest implements GateRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;

  constructor(
    private readonly asked: ForwardRequest,
    private readonly target: OriginalTarget,
  ) {
    this.method = target.method;
    this.url = target.url;
    this.rawHeaders = asked.rawHeaders;
    this.headers = asked.headers;
  }

  get id(): string {
    return this.asked.id;
  }

  /** Read late, like the origin: most requests are counted by user, and few are navigations. */
  get ip(): string {
    return this.asked.clientAddress;
  }

  get askedOrigin(): string {
    return `${this.target.isHttps ? 'https' : 'http'}://${this.target.host}`;
  }
}
