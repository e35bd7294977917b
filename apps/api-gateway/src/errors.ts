/** The route needs a caller and the request has no credential. */
export class CredentialMissingError extends Error {
  readonly code = 'credential_missing';

  constructor() {
    super('this needs a credential');
    this.name = 'CredentialMissingError';
  }
}

/** The credential is of a kind that this gateway does not verify. */
export class CredentialUnsupportedError extends Error {
  readonly code = 'credential_unsupported';

  constructor() {
    super('credentials of this kind are not accepted');
    this.name = 'CredentialUnsupportedError';
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

/** One field of a request and what is wrong with it; never its value. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** The request does not hold to the route's schema. */
export class RequestInvalidError extends Error {
  readonly code = 'invalid_request';

  constructor(readonly faults: readonly FieldFault[]) {
    super('the request is not valid');
    this.name = 'RequestInvalidError';
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

/** A handler that needs a caller stands on a public route. */
export class CallerMissingError extends Error {
  readonly code = 'CALLER_MISSING';

  constructor() {
    super('no caller on this request: its route is public');
    this.name = 'CallerMissingError';
  }
}
