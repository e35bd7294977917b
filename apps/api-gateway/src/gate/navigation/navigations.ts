import { CredentialRefusedError } from '@gatehouse/auth';
import { OriginList } from '@gatehouse/config';
import { type SignedOut } from '../../caller/caller';
import { type GateRequest } from '../../caller/gate-request';
import { type GatewayConfig } from '../../config';
import { CredentialMissingError, SignInLoopError } from '../../errors';
import { SYNC_PATH, isPath, redirectTarget } from '../../sign-in/redirect-target';
import { maxRoundTrips } from '../../sign-in/round-trips';
import { type Refused, SignedOutNavigation } from '../decision';
import { type RouteRules } from '../route-rules';
import { PageVisits } from './page-visits';

/** Sends browsers that navigate without a valid session to the sign-in page, which sends them back. */
export class Navigations {
  private readonly signInUrl: URL | undefined;
  private readonly redirectOrigins: OriginList;

  constructor(private readonly config: Pick<GatewayConfig, 'signInUrl' | 'publicUrl' | 'redirectOrigins'>) {
    this.signInUrl = config.signInUrl === undefined ? undefined : new URL(config.signInUrl);
    this.redirectOrigins = new OriginList(config.redirectOrigins);
  }

  /**
   * Returns the refusal for a request to a route that accepts the session cookie. A navigation whose token is missing or
   * expired becomes a redirect to the sign-in page. Every other refusal stays as it is: signing in again would not help.
   */
  signIn(refused: Refused, rules: RouteRules, request: GateRequest): Refused {
    const signedOut = signedOutBy(refused.error);
    if (signedOut === undefined || !isNavigation(request)) return refused;
    const page = this.pageOf(request, rules);
    if (page === undefined || this.signInUrl === undefined) return refused;
    const visits = new PageVisits(page);
    const count = visits.of(request.rawHeaders);
    if (count >= maxRoundTrips) return new SignedOutNavigation(new SignInLoopError(signedOut), visits.forget());
    const url = new URL(this.signInUrl);
    url.searchParams.set('redirect_url', page.href);
    return new SignedOutNavigation(refused.error, visits.remember(count + 1), url.href);
  }

  /**
   * The page that the browser asked for. Undefined if it is the sign-in page itself, or if its origin is none of those
   * whose pages the route trusts, `PUBLIC_URL` and `REDIRECT_ORIGINS`: the sign-in page could then be made to redirect
   * anywhere.
   */
  private pageOf({ askedOrigin, url }: GateRequest, { cookieOrigins }: RouteRules): URL | undefined {
    if (askedOrigin === undefined) return undefined;
    const target = redirectTarget(`${askedOrigin}${url}`, {
      publicUrl: this.config.publicUrl,
      origins: { includes: (origin) => cookieOrigins.includes(origin) || this.redirectOrigins.includes(origin) },
      ...{ ownPath: SYNC_PATH, fallback: '' },
    });
    if (target === '') return undefined;
    const page = new URL(target);
    const isSignIn = page.origin === this.signInUrl?.origin && isPath(page.pathname, this.signInUrl.pathname);
    return isSignIn ? undefined : page;
  }
}

function signedOutBy(error: unknown): SignedOut | undefined {
  if (error instanceof CredentialMissingError) return 'missing';
  return error instanceof CredentialRefusedError && error.code === 'token_expired' ? 'expired' : undefined;
}

/** Browsers say so of requests that load a page, over HTTPS and on local hosts. */
function isNavigation({ method, headers }: GateRequest): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
}
