import { type IncomingHttpHeaders } from 'node:http';
import { withoutClerkCookies } from '@gatehouse/auth';
import { type Caller } from '../../caller/caller';
import { type CorsPolicy } from '../../cors/cors-policy';
import { anonymousPreflightMethod } from '../../cors/preflight';
import { ForwardAuthPathError, HttpsRequiredError, ProxyNotAllowedError, ProxySecretInvalidError } from '../../errors';
import { type MaybePromise, whenKnown } from '../../maybe-promise';
import { type ErrorResponse } from '../../problems/error-response';
import { type AssertionIssuer } from '../assertion/assertion-issuer';
import { type Gate } from '../decide';
import { type Allowed, Refused } from '../decision';
import { refusalContent } from '../refusal-content';
import { type ForwardRequest } from './forward-request';
import { type ForwardAnswer, passAnswer, refuseAnswer } from './forward-answer';
import { identityHeaders, noIdentity } from './identity-headers';
import { type PolicyRoutes } from './policy-routes';
import { type ProtectedRoute } from './protected-route';
import { OriginalRequest } from './original-request';
import { type OriginalTarget, type ProxyFamily, asksHere, readOriginal } from './proxy-family';

/** Rules of forward auth. */
interface ForwardAuthRules {
  readonly family: ProxyFamily;
  /** Whether requests that reached the proxies over plain HTTP are refused. */
  readonly requireHttps: boolean;
}

/** What a proxy gets, and what is logged and counted of it. */
export interface ForwardOutcome {
  readonly answer: ForwardAnswer;
  /** Method of the original request; undefined if the question is invalid. */
  readonly method: string | undefined;
  /** undefined if no route matches or the question is invalid. */
  readonly route: ProtectedRoute | undefined;
  readonly caller: Caller | undefined;
  /** Set if the request is refused: why, and what the client is told. */
  readonly refusal?: { readonly error: unknown; readonly problem: ErrorResponse };
}

/** A question that was understood. */
interface Subject {
  readonly method: string;
  readonly route: ProtectedRoute;
}

/**
 * Answers proxies that ask whether a request may pass, before they send it to a service. Refuses what no route allows.
 */
export class ForwardAuth {
  constructor(
    private readonly gate: Pick<Gate, 'decide'>,
    private readonly routes: Pick<PolicyRoutes, 'find' | 'lists'>,
    private readonly assertions: Pick<AssertionIssuer, 'issue'>,
    private readonly cors: Pick<CorsPolicy, 'headersFor'>,
    private readonly rules: ForwardAuthRules,
  ) {}

  /** Answers a proxy. Never throws or rejects. */
  answer(asked: ForwardRequest): MaybePromise<ForwardOutcome> {
    let method: string | undefined;
    let route: ProtectedRoute | undefined;
    const refuse = (error: unknown) => this.refuse(new Refused(error), { method, route }, asked);
    try {
      const original = this.readTrusted(asked);
      ({ method } = original);
      const requested = this.preflightMethod(original, asked.headers);
      route = this.routes.find(requested ?? method, original.host, original.url);
      const subject = { method, route };
      const rules = requested === undefined ? route.rules : { ...route.rules, access: 'public' as const };
      const outcome = whenKnown(this.gate.decide(rules, new OriginalRequest(asked, original)), (decision) =>
        decision.allowed ? this.pass(decision, subject, asked.headers.cookie) : this.refuse(decision, subject, asked),
      );
      return outcome instanceof Promise ? outcome.catch(refuse) : outcome;
    } catch (error) {
      return refuse(error);
    }
  }

  /**
   * The method that a preflight asks for; undefined if the request is no preflight. Browsers send preflights without
   * credentials, so they pass, and the service answers them. A route that lists `OPTIONS` is about all such requests.
   * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
   */
  private preflightMethod({ method, host, url }: OriginalTarget, headers: IncomingHttpHeaders): string | undefined {
    const requested = anonymousPreflightMethod(method, headers);
    return requested === undefined || this.routes.lists(method, host, url) ? undefined : requested;
  }

  private readTrusted(asked: ForwardRequest): OriginalTarget {
    if (!asked.isFromProxy) throw new ProxyNotAllowedError();
    if (!asked.hasSecret) throw new ProxySecretInvalidError();
    const { family, requireHttps } = this.rules;
    if (!asksHere(family, asked)) throw new ForwardAuthPathError();
    const original = readOriginal(family, asked);
    if (requireHttps && !original.isHttps) throw new HttpsRequiredError();
    return original;
  }

  private pass({ caller, rateHeaders }: Allowed, subject: Subject, cookies: string | undefined): ForwardOutcome {
    const identity =
      caller === undefined
        ? noIdentity
        : identityHeaders(caller, this.assertions.issue(caller, subject.route.audience) ?? '');
    const passed = subject.route.clerkCookies === 'pass' ? cookies : cookies && withoutClerkCookies(cookies);
    return { answer: passAnswer(identity, passed, rateHeaders), ...subject, caller };
  }

  private refuse(refused: Refused, { method, route }: Partial<Subject>, asked: ForwardRequest): ForwardOutcome {
    const { problem, rateHeaders, caller, error } = refused;
    const content = refusalContent(problem, asked.id, route?.rules, asked.headers);
    // The service answers for what passes. Nobody else would tell a page that it may read a refusal.
    const cors = route?.cors === 'gate' ? this.cors.headersFor(asked.headers.origin, route.rules.cookieOrigins) : {};
    const answer = refuseAnswer(
      this.rules.family,
      problem,
      { ...content.headers, ...cors, ...rateHeaders },
      content.body,
    );
    return { answer, method, route, caller, refusal: { error, problem } };
  }
}
