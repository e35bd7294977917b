import { isIP } from 'node:net';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';
import { Instance } from '../instance';
import { ForeignHostError, ForeignOriginError } from '../errors';

/** Names that public DNS does not resolve: single labels and reserved top-level domains. */
const LOCAL_NAME = /^(?:[^.]+|.+\.(?:localhost|local|internal|test|svc|home\.arpa))$/;

/**
 * Rejects requests that a browser sends for a page of another site, because the page and the control API need no
 * credential. Also rejects host names that others control: under such a name a foreign page would have the same origin.
 * Accepts programs, which send neither Origin nor Sec-Fetch-Site.
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
    // The matched route, not the path: `/%65mulator/reset` matches the same route.
    const route = request.routeOptions.url ?? '';
    if (!needsThisGuard(route) || isOpening(request, route)) return true;
    if (!isOwnOrigin(request)) throw new ForeignOriginError();
    return true;
  }

  private isLocal(host: string): boolean {
    const name = hostnameOf(`http://${host}`);
    if (name === undefined) return false;
    if (isIP(name) !== 0 || LOCAL_NAME.test(name)) return true;
    return name === this.config.host.toLowerCase() || name === hostnameOf(this.instance.issuer);
  }
}

/**
 * Whether only this guard protects the route: the page and the control API. The Backend API needs the secret key, and the
 * JWKS is public.
 */
function needsThisGuard(route: string): boolean {
  return !route.startsWith('/v1/') && route !== '/.well-known/jwks.json';
}

/** A navigation to the page in a tab of its own, by a link of another site or the address bar. It discloses nothing. */
function isOpening({ method, headers }: FastifyRequest, route: string): boolean {
  return (
    route === '/' &&
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/**
 * Whether the request comes from the emulator's own page or from no page. `none` is the address bar (Fetch Metadata,
 * W3C). Every browser sends Origin with a cross-site POST.
 */
function isOwnOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : undefined;
}
