import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';
import { Instance } from '../instance';
import { ForeignHostError, ForeignOriginError } from '../errors';
import { hostnameOf, isLocalHostname } from '../http/local-host';
import { PROVIDER_PATH } from '../test-provider/provider-requests';

/**
 * Rejects requests that a browser sends for a page of another site, because the emulator's page and control API need no
 * credential. Also rejects host names that are not local. Otherwise another site could point its own name at this
 * machine (DNS rebinding), and its page would have the same origin as the emulator. Accepts requests of programs, which
 * send neither Origin nor Sec-Fetch-Site.
 */
@Injectable()
export class OwnOriginGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly instance: Instance,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { host } = request.headers;
    if (host !== undefined && !this.isLocal(host)) throw new ForeignHostError();
    // Uses the matched route, because the path can differ: `/%65mulator/reset` also matches `/emulator/reset`.
    const route = request.routeOptions.url ?? '';
    if (!needsThisGuard(route) || isOpening(request, route)) return true;
    if (!isOwnOrigin(request)) throw new ForeignOriginError();
    return true;
  }

  private isLocal(host: string): boolean {
    const name = hostnameOf(`http://${host}`);
    if (name === undefined) return false;
    if (isLocalHostname(name)) return true;
    return name === this.config.host.toLowerCase() || name === hostnameOf(this.instance.issuer);
  }
}

/** The page, and that of the Test Provider, to which sign-ins of apps redirect. */
const PAGES = ['/', PROVIDER_PATH];

/**
 * True for the page and the control API, which only this guard protects. The Backend API needs the secret key, the
 * Frontend API checks the origin itself, and the JWKS, Clerk's scripts and profile images are public.
 */
function needsThisGuard(route: string): boolean {
  return (
    !['/v1/', '/npm/', '/images/'].some((prefix) => route.startsWith(prefix)) && route !== '/.well-known/jwks.json'
  );
}

/**
 * True when a browser opens a page in a tab, also by a link on another site. The guard allows this, because the HTML
 * contains no data.
 */
function isOpening({ method, headers }: FastifyRequest, route: string): boolean {
  return (
    PAGES.includes(route) &&
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/**
 * True when the request comes from the emulator's own page or from no page. In Sec-Fetch-Site, `none` means that the
 * user opened the URL, for example in the address bar. An old browser does not send this header, but it sends Origin
 * with a cross-site POST. A cross-site GET of an old browser is accepted, because the other site cannot read the
 * response.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isOwnOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
}
