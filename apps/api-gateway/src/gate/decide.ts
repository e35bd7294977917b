import { countedAddress } from '@gatehouse/http-edge';
import { type AuditTrail } from '../audit/audit-trail';
import { type Authenticator } from '../authentication/authenticator';
import { type Caller } from '../caller/caller';
import { type GateRequest } from '../caller/gate-request';
import {
  RoleInsufficientError,
  ScopeInsufficientError,
  SessionNeededError,
  SessionRefusedError,
  TierInsufficientError,
} from '../errors';
import { type RateHeaders, exceededLimit, rateHeaders } from '../limits/rate-headers';
import { type RateLimiter, type RateStanding } from '../limits/rate-limiter';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { Allowed, type Decision, Refused } from './decision';
import { grants } from './grants';
import { type Navigations } from './navigation/navigations';
import { type RouteRules } from './route-rules';

/**
 * Decides whether a request may use a route: finds the caller of its credential, counts the request, and checks the
 * rules of the route. Every edge of the gateway asks here, so it knows no web framework.
 */
export class Gate {
  constructor(
    private readonly authenticator: Pick<Authenticator, 'authenticate' | 'confirm'>,
    private readonly limits: Pick<RateLimiter, 'ofClass' | 'ofKey'>,
    private readonly audit: Pick<AuditTrail, 'refused'>,
    private readonly navigations: Pick<Navigations, 'signIn'>,
  ) {}

  /** Decides on a request and counts it. Never throws or rejects. */
  decide(rules: RouteRules, request: GateRequest): MaybePromise<Decision> {
    if (rules.access === 'public') {
      return decided(() => {
        const standing = this.limits.ofClass(rules.rateClass, countedAddress(request.ip), 'anonymous');
        return whenKnown(standing, (known) =>
          withinLimits([known], undefined, (headers) => new Allowed(undefined, headers)),
        );
      });
    }
    const decision = decided(() =>
      whenKnown(this.callerOf(rules, request), (caller) => decided(() => this.countAndCheck(rules, caller), caller)),
    );
    if (!acceptsCookies(rules)) return decision;
    return whenKnown(decision, (known) => (known.allowed ? known : this.navigations.signIn(known, rules, request)));
  }

  /**
   * Decides again on a request that was allowed, without counting it. The caller's session may have ended while a slow
   * client sent the body. Never throws or rejects.
   */
  confirm(rules: RouteRules, request: GateRequest): MaybePromise<Decision> {
    if (rules.access === 'public') return new Allowed(undefined, undefined);
    return decided(() => whenKnown(this.callerOf(rules, request), (caller) => this.check(rules, caller, undefined)));
  }

  private callerOf(rules: RouteRules, request: GateRequest): MaybePromise<Caller> {
    const { cookieOrigins, acceptsConsole } = rules;
    return this.authenticator.authenticate(request, acceptsCookies(rules) ? cookieOrigins : undefined, acceptsConsole);
  }

  /**
   * Decides again on a caller that was allowed, while what it has opened is still open, without counting it. Ignores that
   * its token has expired. Never throws or rejects.
   */
  confirmCaller(rules: RouteRules, caller: Caller, request: GateRequest): MaybePromise<Decision> {
    return decided(() =>
      whenKnown(this.authenticator.confirm(caller, request), (known) => this.check(rules, known, undefined)),
    );
  }

  private countAndCheck(rules: RouteRules, caller: Caller): MaybePromise<Decision> {
    return whenKnown(this.standingsOf(rules, caller), (standings) =>
      withinLimits(standings, caller, (headers) => this.check(rules, caller, headers)),
    );
  }

  private standingsOf(rules: RouteRules, { principal, credential }: Caller): MaybePromise<readonly RateStanding[]> {
    const ofClass = this.limits.ofClass(rules.rateClass, principal.userId, principal.tier);
    if (credential.method !== 'api_key' || credential.key.rateLimit === null) {
      return whenKnown(ofClass, (standing) => [standing]);
    }
    // If `ofClass` rejects, nobody awaits `ofKey`. This is safe, because `ofKey` never rejects: while the shared store
    // is unavailable, it counts in memory. An unhandled rejection would end the process.
    const ofKey = this.limits.ofKey(credential.key.keyId, credential.key.rateLimit);
    return whenKnown(ofClass, (first) => whenKnown(ofKey, (second) => [first, second]));
  }

  private check(rules: RouteRules, caller: Caller, headers: RateHeaders | undefined): Decision {
    const fault = faultOf(rules, caller);
    if (fault === undefined) return new Allowed(caller, headers);
    this.audit.refused(caller, rules.subject, fault);
    return new Refused(fault, caller, headers);
  }
}

function acceptsCookies({ credentials }: RouteRules): boolean {
  return credentials.includes('cookie');
}

/** Returns why the caller may not use the route; undefined if it may. */
function faultOf(
  { access, roles, tiers, credentials, scope }: RouteRules,
  { principal, credential }: Caller,
): Error | undefined {
  const { role, tier, method, scopes } = principal;
  if (access === 'admin' && role !== 'admin') return new RoleInsufficientError();
  if (roles !== null && !roles.includes(role)) return new RoleInsufficientError(roles);
  if (tiers !== null && !tiers.includes(tier)) return new TierInsufficientError(tiers);
  if (credential.method === 'clerk_session' && credential.isCookie) {
    return credentials.includes('cookie') ? undefined : new SessionRefusedError(credentials.includes('api_key'));
  }
  if (method !== 'api_key') {
    return credentials.includes('bearer') ? undefined : new SessionRefusedError(credentials.includes('api_key'));
  }
  if (!credentials.includes('api_key')) return new SessionNeededError();
  if (scope !== null && !grants(scopes, scope)) return new ScopeInsufficientError(scope);
  return undefined;
}

/** Refuses a request beyond a limit; otherwise returns the decision of `next`. */
function withinLimits(
  standings: readonly RateStanding[],
  caller: Caller | undefined,
  next: (headers: RateHeaders) => Decision,
): Decision {
  const headers = rateHeaders(standings);
  const exceeded = exceededLimit(standings);
  return exceeded === undefined ? next(headers) : new Refused(exceeded, caller, headers);
}

/** Returns the decision of `work`. Refuses the request if `work` throws or its promise rejects. */
function decided(work: () => MaybePromise<Decision>, caller?: Caller): MaybePromise<Decision> {
  const refuse = (error: unknown) => new Refused(error, caller);
  try {
    const decision = work();
    return decision instanceof Promise ? decision.catch(refuse) : decision;
  } catch (error) {
    return refuse(error);
  }
}
