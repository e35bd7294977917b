import { OriginList } from '@gatehouse/config';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type GatewayConfig } from '../config';
import { CONFIG } from '../tokens';
import { type RedirectRules, SYNC_PATH, redirectTarget } from './redirect-target';

/** URLs of the sign-in page and of the page after it. */
@Injectable()
export class SignIn {
  private readonly rules: RedirectRules;

  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {
    this.rules = {
      publicUrl: config.publicUrl,
      origins: new OriginList(config.redirectOrigins),
      ownPath: SYNC_PATH,
      fallback: config.fallbackRedirectUrl,
    };
  }

  /**
   * Returns the target of a navigation: the query parameter `redirect_url`, or else the Referer. Returns
   * `FALLBACK_REDIRECT_URL` if there is neither, the parameter is repeated, or the URL is not allowed.
   */
  targetOf({ query, headers }: Pick<FastifyRequest, 'query' | 'headers'>): string {
    const { redirect_url: asked } = query as Record<string, unknown>;
    return redirectTarget(asked ?? headers.referer, this.rules);
  }

  /**
   * Returns the URL of the sign-in page, which redirects back to this gateway and from there to `target`. Undefined
   * without `SIGN_IN_URL`.
   */
  urlFor(target: string): string | undefined {
    const { signInUrl, publicUrl } = this.config;
    if (signInUrl === undefined) return undefined;
    const back = new URL(`${publicUrl}${SYNC_PATH}`);
    back.searchParams.set('redirect_url', target);
    const url = new URL(signInUrl);
    url.searchParams.set('redirect_url', back.href);
    return url.href;
  }
}
