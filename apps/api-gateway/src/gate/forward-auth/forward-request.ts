import { type IncomingHttpHeaders } from 'node:http';

/** A proxy's question about a request. `rawHeaders` and `headers` are as in Node. */
export interface ForwardRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  /** Whether the other end of the connection is a listed proxy. */
  readonly isFromProxy: boolean;
  /** Whether the proxy sent a secret of `FORWARD_AUTH_SECRET`, or none is needed. */
  readonly hasSecret: boolean;
  /** Address of the client, as the proxies say. */
  readonly clientAddress: string;
}
