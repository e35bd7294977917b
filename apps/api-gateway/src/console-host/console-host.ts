import { type IncomingHttpHeaders } from 'node:http';

/** Hosts where browsers keep a cookie without TLS: names of the machine that the browser runs on. */
const LOCAL = /^(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])$/;

const COOKIE = 'gatehouse-console';

/** Whether a cookie is that of the console. */
export function isConsoleCookie(name: string): boolean {
  return name === COOKIE || name === `__Host-${COOKIE}`;
}

/** The origin of the console, and the name of its cookie. No upstream is reachable there. */
export class ConsoleHost {
  /** Scheme and host, such as `https://console.example.com`. */
  readonly origin: string;
  /** Host without a port. */
  readonly hostname: string;
  private readonly isSecure: boolean;
  private readonly host: string;

  /** @param url an http or https URL */
  constructor(url: string) {
    const { origin, host, hostname, protocol } = new URL(url);
    this.origin = origin;
    this.host = host;
    this.hostname = hostname;
    this.isSecure = protocol === 'https:';
  }

  /** What is wrong with an http or https URL as the address of the console; undefined if nothing is. */
  static faultOf(text: string): string | undefined {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
    if (text !== url.origin) return 'must be an origin without a path, such as https://console.example.com';
    if (url.protocol === 'https:' || LOCAL.test(url.hostname)) return undefined;
    return 'must begin with https://, except on localhost: browsers would send the session unencrypted';
  }

  /**
   * Name of the session cookie. Browsers accept a `__Host-` cookie only over TLS, only of this very host and for all of its
   * paths, so that no other host can set it.
   */
  get cookieName(): string {
    return this.isSecure ? `__Host-${COOKIE}` : COOKIE;
  }

  /** `Set-Cookie` that keeps a session in the browser for `maxAgeSeconds`; 0 removes it. */
  setCookie(session: string, maxAgeSeconds: number): string {
    const secure = this.isSecure ? '; Secure' : '';
    return `${this.cookieName}=${session}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  /** Whether a request was sent to the console. Browsers set `Host`, and no page can change it. */
  includes({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
    return headers.host?.toLowerCase() === this.host;
  }
}
