import { ClerkApiError } from '../errors';

/** 404: a session that has ended gives no tokens. */
export class SessionNotActiveError extends ClerkApiError {
  readonly status = 404;
  readonly code = 'resource_not_found';
  constructor(id: string) {
    super([{ message: 'not found', longMessage: `No active session was found with id ${id}` }]);
  }
}

/** 422: the key that signs cannot be taken out of the JWKS. */
export class KeyActiveError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'key_active';
  constructor(kid: string) {
    super([{ message: 'Key is active', longMessage: `The key ${kid} signs tokens; rotate before you retire it.` }]);
  }
}
