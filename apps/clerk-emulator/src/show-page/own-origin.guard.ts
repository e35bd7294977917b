import { isIP } from 'node:net';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { Instance } from '../instance';
import { ForeignHostError, ForeignOriginError } from './errors';

/** Names that no public DNS server can point at this machine: single labels and reserved top-level domains. */
const LOCAL_NAME = /^(?:[^.]+|.+\.(?:localhost|local|internal|test|svc|home\.arpa))$/;

/**
 * Keeps the web's pages out. The emulator's page and control API take no credential, so whatever a browser is told by
 * another site must not reach them; and no request may come by a name that others control, under which a foreign page
 * would count as our own. Programs, which send neither Origin nor Sec-Fetch-Site, are let in.
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
    // The route that the router found, not the path as it was written: `/%65mulator/reset` is the same route.
    const route = request.routeOptions.url ?? '';
    if (!isCredentialFree(route) || isOpening(request, route)) return true;
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

/** All but the Backend API, which wants the secret key, and the public key set. */
function isCredentialFree(route: string): boolean {
  return !route.startsWith('/v1/') && route !== '/.well-known/jwks.json';
}

/** A link elsewhere, or the address bar, opening the page in a tab of its own: it gets the page and nothing is told. */
function isOpening({ method, headers }: FastifyRequest, route: string): boolean {
  return (
    route === '/' &&
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/** `none` is the address bar (Fetch Metadata, W3C). Every browser sends Origin with a POST to another site. */
function isOwnOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : undefined;
}
