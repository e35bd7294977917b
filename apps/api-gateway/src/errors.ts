import { type JsonFault } from '@gatehouse/auth';

/** The route needs a caller and the request has no credential. */
export class CredentialMissingError extends Error {
  readonly code = 'credential_missing';

  constructor() {
    super('this needs a credential');
    this.name = 'CredentialMissingError';
  }
}

/** The browser was redirected to sign in repeatedly and still returns without a valid session. */
export class SignInLoopError extends Error {
  readonly code = 'sign_in_loop';

  constructor(signedOut: 'missing' | 'expired' = 'missing') {
    super(
      signedOut === 'missing'
        ? 'signing in did not help: no __session cookie reaches this host, which must be the host that sets it'
        : 'signing in did not help: the session token has expired when it arrives; check the clock of this server',
    );
    this.name = 'SignInLoopError';
  }
}

/** Tokens of our own are not set up here: `LEGACY_JWT_SECRETS` is not given. */
export class LegacyTokensOffError extends Error {
  readonly code = 'legacy_tokens_off';

  constructor() {
    super('this gateway issues no tokens of its own');
    this.name = 'LegacyTokensOffError';
  }
}

/** The caller is known and switched off. */
export class AccountInactiveError extends Error {
  readonly code = 'account_inactive';

  constructor() {
    super('the account is not active');
    this.name = 'AccountInactiveError';
  }
}

/** The session is good, but Clerk knows no such user. */
export class UserUnknownError extends Error {
  readonly code = 'user_unknown';

  constructor(cause: unknown) {
    super('the user of this session does not exist', { cause });
    this.name = 'UserUnknownError';
  }
}

/** The caller's role does not reach. */
export class RoleInsufficientError extends Error {
  readonly code = 'role_insufficient';

  constructor() {
    super('this needs the role admin');
    this.name = 'RoleInsufficientError';
  }
}

/** The credential's scopes do not reach. */
export class ScopeInsufficientError extends Error {
  readonly code = 'scope_insufficient';

  constructor(readonly scope: string) {
    super(`this needs the scope ${scope}`);
    this.name = 'ScopeInsufficientError';
  }
}

/** The route takes sessions of people and no API keys. */
export class SessionNeededError extends Error {
  readonly code = 'session_needed';

  constructor() {
    super('this cannot be done with an API key');
    this.name = 'SessionNeededError';
  }
}

/** The caller has used up its limit. */
export class RateLimitedError extends Error {
  readonly code = 'rate_limited';

  constructor(readonly retryAfterMs: number) {
    super('too many requests');
    this.name = 'RateLimitedError';
  }
}

/** The store of rate limits is away, and what was asked for does not happen uncounted. */
export class RateLimitUnavailableError extends Error {
  readonly code = 'rate_limit_unavailable';

  constructor(cause: unknown) {
    super('requests cannot be counted right now', { cause });
    this.name = 'RateLimitUnavailableError';
  }
}

/** A service does not believe what this gateway signs: their clocks differ. In its words. */
export class ClockSkewError extends Error {
  readonly code = 'CLOCK_SKEW';

  constructor(fault: string) {
    super(fault);
    this.name = 'ClockSkewError';
  }
}

/** The request came over plain HTTP. */
export class HttpsRequiredError extends Error {
  readonly code = 'https_required';

  constructor() {
    super('this is served over HTTPS alone');
    this.name = 'HttpsRequiredError';
  }
}

/** A preflight came from an origin that is not listed. */
export class OriginNotAllowedError extends Error {
  readonly code = 'origin_not_allowed';

  constructor() {
    super('pages of this origin may not call: CORS_ORIGINS does not list it');
    this.name = 'OriginNotAllowedError';
  }
}

/** Part of a request that has fields. */
export type FieldPlace = 'path' | 'query' | 'body';

/** One invalid field of a request: its place and what is wrong with it; never its value. */
export interface FieldFault {
  readonly in: FieldPlace;
  readonly field: string;
  readonly message: string;
}

const MAX_FAULTS = 50;

/** The request does not match the route's schema. Keeps the first 50 faults. */
export class RequestInvalidError extends Error {
  readonly code = 'invalid_request';
  readonly faults: readonly FieldFault[];

  constructor(faults: readonly FieldFault[] = []) {
    super('the request is not valid');
    this.faults = faults.slice(0, MAX_FAULTS);
    this.name = 'RequestInvalidError';
  }
}

/** The request has a body of another media type than JSON. */
export class MediaTypeUnsupportedError extends Error {
  readonly code = 'media_type_unsupported';
  readonly statusCode = 415;

  constructor() {
    super('the body must be application/json');
    this.name = 'MediaTypeUnsupportedError';
  }
}

/** user-sync answered with somebody else than it was asked for. */
export class PrincipalMismatchError extends Error {
  readonly code = 'PRINCIPAL_MISMATCH';

  constructor() {
    super('the principal is not the one that was asked for');
    this.name = 'PrincipalMismatchError';
  }
}

/** A route does not declare who may use it: the gateway does not start. */
export class RouteUndeclaredError extends Error {
  readonly code = 'ROUTE_UNDECLARED';

  constructor(route: string) {
    super(`${route} lacks @Access: every route declares its access, permission and rate class`);
    this.name = 'RouteUndeclaredError';
  }
}

/** A handler takes a part of the request without a schema: the gateway does not start. */
export class InputUncheckedError extends Error {
  readonly code = 'INPUT_UNCHECKED';

  constructor(route: string, parts: readonly string[] = []) {
    super(`${route} takes ${parts.join(' and ')} without a schema: give each @Body, @Query and @Param one`);
    this.name = 'InputUncheckedError';
  }
}

/** The gateway serves before its routes have a guard: nobody is let in. */
export class RoutesUnguardedError extends Error {
  readonly code = 'ROUTES_UNGUARDED';

  constructor() {
    super('the routes have no guard yet');
    this.name = 'RoutesUnguardedError';
  }
}

/** A handler that needs a Clerk session stands on a route that does not ask for one. */
export class CallerMissingError extends Error {
  readonly code = 'CALLER_MISSING';

  constructor() {
    super('no caller on this request: its route is public');
    this.name = 'CallerMissingError';
  }
}

/** Error messages for bodies that are not strict JSON. */
export const jsonFaults: Readonly<Record<JsonFault, string>> = {
  encoding: 'the body is not valid UTF-8',
  syntax: 'the body is not JSON',
  depth: 'the body is nested deeper than 32 levels',
  number: 'a number in the body is out of range',
  repeated_member: 'a member of the body is repeated',
};

/** The body is not strict JSON. `path` names the repeated member, with dots between levels. */
export class JsonInvalidError extends Error {
  readonly code = 'JSON_INVALID';

  constructor(
    readonly fault: JsonFault,
    readonly path?: string,
  ) {
    super(jsonFaults[fault]);
    this.name = 'JsonInvalidError';
  }
}
