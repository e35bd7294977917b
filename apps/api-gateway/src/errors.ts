import { type JsonFault } from '@gatehouse/auth';
import { type Role, type Tier } from '@gatehouse/contracts';
import { codedError } from '@gatehouse/errors';

/** The route requires a caller and the request has no credential. */
export class CredentialMissingError extends codedError(
  'credential_missing',
  'The request has no credential. Send a bearer token, or an API key where the route accepts one.',
) {}

/** A browser returned from the sign-in page several times without a valid session. */
export class SignInLoopError extends codedError('sign_in_loop', (signedOut: 'missing' | 'expired' | undefined) =>
  signedOut === 'expired'
    ? 'Signing in did not help: the session token had expired when it arrived. Check the clock of this server.'
    : 'Signing in did not help: no __session cookie reached this host. It must be the host that sets the cookie.',
) {}

/** `LEGACY_JWT_SECRETS` is not set. */
export class LegacyTokensOffError extends codedError(
  'legacy_tokens_off',
  'This gateway issues no tokens. The operator can enable them with LEGACY_JWT_SECRETS.',
) {}

/** The caller is known, but its account is deactivated, banned or deprovisioned. */
export class AccountInactiveError extends codedError('account_inactive', 'The account is not active.') {}

/** The session is valid, but Clerk has no user with the session's user id. */
export class UserUnknownError extends codedError('user_unknown', 'The user of this session does not exist.') {}

/** The caller has none of the roles that the route requires. */
export class RoleInsufficientError extends codedError(
  'role_insufficient',
  (roles: string) => `This route requires the role ${roles}.`,
) {
  constructor(roles: readonly Role[] = ['admin']) {
    super(roles.join(' or '));
  }
}

/** The caller has none of the tiers that the route requires. */
export class TierInsufficientError extends codedError(
  'tier_insufficient',
  (tiers: string) => `This route requires the tier ${tiers}.`,
) {
  constructor(tiers: readonly Tier[] = ['enterprise']) {
    super(tiers.join(' or '));
  }
}

/** No scope of the API key grants the permission of the route. */
export class ScopeInsufficientError extends codedError(
  'scope_insufficient',
  (scope: string) => `This route requires the scope ${scope}.`,
) {
  constructor(readonly scope: string) {
    super(scope);
  }
}

/** The route accepts sessions and no API keys. */
export class SessionNeededError extends codedError(
  'session_needed',
  'This route does not accept API keys. Send a session token.',
) {}

/** The route does not accept session tokens in `Authorization`. */
export class SessionRefusedError extends codedError(
  'session_refused',
  (accepted: string) => `This route does not accept session tokens in Authorization. Send ${accepted}.`,
) {
  constructor(acceptsKeys = true) {
    super(acceptsKeys ? 'an API key' : "Clerk's session cookie");
  }
}

const cookieOriginFaults = {
  missing: 'the request has no Origin header.',
  null: 'the Origin header is null, as pages in a sandbox and redirects between sites send it.',
  unlisted: 'the route does not list the origin of this page.',
} as const;

/** A request authenticates with a cookie, and nothing shows that a page of a listed origin sent it. */
export class CookieOriginError extends codedError(
  'cookie_origin_refused',
  (fault: keyof typeof cookieOriginFaults) => `The session cookie does not count here: ${cookieOriginFaults[fault]}`,
) {}

/** No route of the policy matches a request that a proxy asks about. */
export class RouteUnknownError extends codedError('route_unknown', 'No route of the gate allows this request.') {}

/** A request reached Nest without the edge in front of it. */
export class RequestNotFromEdgeError extends codedError(
  'REQUEST_NOT_FROM_EDGE',
  'the request did not come from the HTTP edge',
) {}

/** A program that is no listed proxy asks for forward auth. */
export class ProxyNotAllowedError extends codedError(
  'proxy_not_allowed',
  'Only proxies that FORWARD_AUTH_PROXIES lists may ask.',
) {}

/** A listed proxy asks without a secret of `FORWARD_AUTH_SECRET`. */
export class ProxySecretInvalidError extends codedError(
  'proxy_not_allowed',
  'The proxy must send a secret of FORWARD_AUTH_SECRET in X-Gatehouse-Proxy-Secret.',
) {}

/** A proxy asks at another path than the one for forward auth. */
export class ForwardAuthPathError extends codedError('not_found', 'Proxies ask at /forward-auth.') {}

/** The caller has exceeded a rate limit. */
export class RateLimitedError extends codedError(
  'rate_limited',
  'Too many requests. Retry after Retry-After seconds.',
) {
  constructor(readonly retryAfterMs: number) {
    super();
  }
}

/** The gateway has as many live streams as it may have, or does not know the changes of the last minutes yet. */
export class RealtimeUnavailableError extends codedError(
  'realtime_unavailable',
  'This gateway cannot open a live stream now. Retry after Retry-After seconds.',
) {
  readonly retryAfterMs = 1_000 + Math.random() * 4_000;
}

/**
 * The shared store of rate limits is unavailable, so the gateway cannot count a login or phone exchange, and rejects
 * it. Uncounted logins would allow unlimited guesses of a password; uncounted exchanges, unlimited new sessions. The
 * gateway counts all other requests in memory meanwhile.
 */
export class RateLimitUnavailableError extends codedError(
  'rate_limit_unavailable',
  'The rate limit store is unavailable. Retry later.',
) {}

/**
 * A service rejects this gateway's signatures, because the clocks of the two differ. The message comes from the
 * service.
 */
export class ClockSkewError extends codedError('CLOCK_SKEW', (fault: string) => fault) {}

/** A long response is broken off, because the client reads it too slowly or the gateway stops. */
export class DownloadEndedError extends codedError(
  'DOWNLOAD_ENDED',
  (reason: string) => `the response was broken off: ${reason}`,
) {}

/** The request came over plain HTTP. */
export class HttpsRequiredError extends codedError(
  'https_required',
  'HTTPS is required. Revoke any credential that this request carried.',
) {}

/** A preflight came from an origin that `CORS_ORIGINS` does not list. */
export class OriginNotAllowedError extends codedError(
  'origin_not_allowed',
  'CORS_ORIGINS does not list the origin of this page.',
) {}

/** Part of a request that has fields. */
export type FieldPlace = 'path' | 'query' | 'header' | 'body';

/** One invalid field of a request: its place and its fault, but never its value. */
export interface FieldFault {
  readonly in: FieldPlace;
  readonly field: string;
  readonly message: string;
}

const MAX_FAULTS = 50;

/** The request does not match the schema of the route. Keeps the first 50 faults. */
export class RequestInvalidError extends codedError(
  'invalid_request',
  'The request is invalid. See errors for the fields.',
) {
  readonly faults: readonly FieldFault[];

  constructor(faults: readonly FieldFault[] = []) {
    super();
    this.faults = faults.slice(0, MAX_FAULTS);
  }
}

/** The route does not take the media type of the body. `types`: what it takes. */
export class MediaTypeUnsupportedError extends codedError(
  'media_type_unsupported',
  (types: string) => `The body must be ${types}.`,
) {
  constructor(types = 'application/json') {
    super(types);
  }
}

/** A streamed body is larger than its route allows. */
export class UploadTooLargeError extends codedError(
  'body_too_large',
  (mebibytes: number) => `The file is larger than ${mebibytes} MiB.`,
) {}

/** The connection broke off during an upload, or the time for the request has passed. Only logged: nobody gets it. */
export class UploadBrokenOffError extends codedError('bad_request', 'The upload broke off.') {}

/** user-sync answered with another user than the one in the request. */
export class PrincipalMismatchError extends codedError(
  'PRINCIPAL_MISMATCH',
  'user-sync answered with another user than the one in the request',
) {}

/** `ASSERTION_PRIVATE_KEYS` holds no usable keys. */
export class AssertionKeyInvalidError extends codedError(
  'ASSERTION_KEY_INVALID',
  'is not one Ed25519 private key in PEM, or two',
) {}

/** `FORWARD_AUTH_SECRET` holds no usable secrets. */
export class ForwardAuthSecretError extends codedError(
  'FORWARD_AUTH_SECRET_INVALID',
  'is not one secret of 32 to 256 printable characters without spaces and commas, or two',
) {}

/** A route does not declare who may use it. The gateway does not start. */
export class RouteUndeclaredError extends codedError(
  'ROUTE_UNDECLARED',
  (route: string) => `${route} lacks @Access: every route declares its access, permission and rate class`,
) {}

/** A handler takes a body, query or path parameters without a schema. The gateway does not start. */
export class InputUncheckedError extends codedError(
  'INPUT_UNCHECKED',
  (route: string, parts: string) => `${route} takes ${parts} without a schema: give each @Body, @Query and @Param one`,
) {}

/** The gateway received a request before its routes had a guard. The request is rejected. */
export class RoutesUnguardedError extends codedError('ROUTES_UNGUARDED', 'the routes have no guard yet') {}

/** A handler requires a Clerk session, but its route does not declare one. */
export class CallerMissingError extends codedError(
  'CALLER_MISSING',
  'the request has no Clerk session: its route does not require one',
) {}

/** Error messages for bodies that are not strict JSON. */
export const jsonFaults: Readonly<Record<JsonFault, string>> = {
  encoding: 'The body is not valid UTF-8.',
  syntax: 'The body is not JSON.',
  depth: 'The body is nested deeper than 32 levels.',
  number: 'A number in the body is out of range.',
  repeated_member: 'A member of the body is repeated.',
};

/** Where a body is not strict JSON. Holds no value of the body. */
export interface JsonPlace {
  /** Path of the repeated member, with dots between levels. */
  readonly path?: string | undefined;
  /** Where the text stops being JSON, counted from 1, and what is expected there. */
  readonly syntax?: { readonly line: number; readonly column: number; readonly expected: string };
}

/** The body is not strict JSON. */
export class JsonInvalidError extends codedError('JSON_INVALID', (fault: JsonFault, { syntax }: JsonPlace) =>
  syntax === undefined
    ? jsonFaults[fault]
    : `${jsonFaults[fault]} At line ${syntax.line}, column ${syntax.column}: expected ${syntax.expected}.`,
) {
  readonly path: string | undefined;

  constructor(
    readonly fault: JsonFault,
    place: JsonPlace = {},
  ) {
    super(fault, place);
    this.path = place.path;
  }
}
