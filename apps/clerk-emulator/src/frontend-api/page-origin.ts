import { Inject, Injectable } from '@nestjs/common';
import { type IncomingHttpHeaders } from 'node:http';
import { type EmulatorConfig } from '../config';
import { hostnameOf, isPrivateHostname } from '../http/local-host';
import { Instance } from '../instance';
import { CONFIG } from '../tokens';

/**
 * Decides which pages may use the Frontend API. It gives a session to whoever knows a test address, so that pages of
 * the internet must not reach it in a developer's browser. Allowed are pages of local names and private
 * addresses, of the host of the emulator itself, and of `AUTHORIZED_PARTY`.
 */
@Injectable()
export class PageOrigins {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<EmulatorConfig, 'host' | 'authorizedParty'>,
    private readonly instance: Instance,
  ) {}

  /** True for a URL, or an origin, of a page that may use the Frontend API. */
  allows(url: string): boolean {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return false;
    const name = hostnameOf(url) ?? '';
    const own = [this.config.host.toLowerCase(), hostnameOf(this.instance.issuer)];
    return isPrivateHostname(name) || own.includes(name) || new URL(url).origin === this.config.authorizedParty;
  }
}

/**
 * Origin of the page that sends a request; null when the request names none. A browser sends no `Origin` with a GET to
 * the host of the page itself, but then it sends `Referer`.
 */
export function originOf({ origin, referer }: IncomingHttpHeaders): string | null {
  if (origin !== undefined && origin !== 'null') return origin;
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : null;
}
