import { type IncomingHttpHeaders } from 'node:http';

/** What a decision reads of a request. `FastifyRequest` has these fields; other edges make an object of their own. */
export interface GateRequest {
  /** Id that the gateway gave the request. */
  readonly id: string;
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  /**
   * Scheme and host that the client asked, such as `https://app.example.com`. The host may be any text. Needed where
   * browsers navigate; undefined for the gateway's own routes.
   */
  readonly askedOrigin?: string;
  /** Node's `rawHeaders` (name, value, name, value), because parsed headers hide repeated ones. */
  readonly rawHeaders: readonly string[];
  /** Headers with names in lower case. Credentials are never read from here. */
  readonly headers: IncomingHttpHeaders;
  /** Address of the client, according to trusted proxies. May be any text: clients can write `X-Forwarded-For`. */
  readonly ip: string;
}
