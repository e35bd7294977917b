import { readCookies } from '@gatehouse/auth';
import { type Live } from '@gatehouse/config';
import { Inject, Injectable } from '@nestjs/common';
import { type GateRequest } from '../caller/gate-request';
import { type GatewayConfig } from '../config';
import { type ConsoleHost } from '../console-host/console-host';
import { type ConsoleSeal, type SealedContent } from '../console-host/console-seal';
import { CookieOriginError } from '../errors';
import { CONFIG } from '../tokens';
import { requireCookieOrigin } from './cookie-origin';

/**
 * Sessions of people at the console. A session is a sealed cookie with the hash of the API key that made it, so that every
 * gateway can read it. The key decides about each request: what the key may do, and whether it still exists.
 */
@Injectable()
export class ConsoleSessions {
  private readonly host: ConsoleHost | undefined;
  private readonly seal: Live<ConsoleSeal>;

  constructor(@Inject(CONFIG) { console: host, consoleSeal }: Pick<GatewayConfig, 'console' | 'consoleSeal'>) {
    this.host = host;
    this.seal = consoleSeal;
  }

  /**
   * Returns the session of a request; undefined without a valid one. A cookie that was sent anywhere else than to the
   * console does not count.
   * @throws CookieOriginError if the request is not one of the console's own page
   */
  find(request: GateRequest, now: number = Date.now()): SealedContent | undefined {
    const { host } = this;
    if (host === undefined || !host.includes(request)) return undefined;
    const [cookie, ...others] = readCookies(request.rawHeaders, (name) => name === host.cookieName);
    // Of two cookies, a stranger may have set one.
    if (cookie === undefined || others.length > 0) return undefined;
    const session = this.seal.current.open('session', cookie, now);
    if (session !== undefined) this.requireOwnPage(request);
    return session;
  }

  /**
   * Requires that a request with a cookie comes from a page of the console. Browsers send `SameSite=Strict` cookies also
   * for pages of sibling hosts and other ports.
   * @throws CookieOriginError
   */
  requireOwnPage(request: GateRequest): void {
    const { host } = this;
    requireCookieOrigin(request, { includes: (origin) => origin === host?.origin });
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') throw new CookieOriginError('unlisted');
  }
}
