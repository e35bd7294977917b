import { OriginList } from '@gatehouse/config';
import { type FastifyRequest } from 'fastify';
import { type GatewayConfig } from '../config';
import { type RedirectRules, redirectTarget } from './redirect-target';
import { SYNC_PATH } from './sync-path';

type SignInConfig = Pick<GatewayConfig, 'publicUrl' | 'redirectOrigins' | 'fallbackRedirectUrl' | 'signInUrl'>;

/** Where browsers come from and go to around signing in. */
export class SignIn {
  private readonly rules: RedirectRules;

  constructor(private readonly config: SignInConfig) {
    this.rules = {
      publicUrl: config.publicUrl,
      origins: new OriginList(config.redirectOrigins),
      ownPath: SYNC_PATH,
      fallback: config.fallbackRedirectUrl,
    };
  }

  /** Where the browser wants to go: as `redirect_url` says, once, or else the Referer. */
  targetOf({ query, headers }: Pick<FastifyRequest, 'query' | 'headers'>): string {
    const { redirect_url: asked } = query as Record<string, unknown>;
    return redirectTarget(asked ?? headers.referer, this.rules);
  }

  /** The page to sign in at, which leads back here and from here to the target; undefined where nobody can sign in. */
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
