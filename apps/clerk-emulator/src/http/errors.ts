import { ClerkApiError } from '../errors';

/** 401: the Authorization header is missing or is not a Bearer credential. */
export class AuthorizationHeaderInvalidError extends ClerkApiError {
  readonly status = 401;
  readonly code = 'authorization_header_format_invalid';
  constructor() {
    const message = 'Invalid Authorization header format';
    super([{ message, longMessage: `${message}. Must be "Bearer <YOUR_API_KEY>"` }]);
  }
}

/** 401: the secret key is not this instance's. */
export class SecretKeyInvalidError extends ClerkApiError {
  readonly status = 401;
  readonly code = 'clerk_key_invalid';
  constructor() {
    const message = 'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.';
    super([{ message, longMessage: message }]);
  }
}

/** 400: the pinned API version was never published, or is named twice. Clerk does not document the code it uses. */
export class ApiVersionInvalidError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'api_version_invalid';
  constructor(longMessage: string) {
    super([{ message: 'Invalid API version', longMessage }]);
  }
}

/** 400: the body is not JSON, or not an object. */
export class RequestBodyInvalidError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'request_body_invalid';
  constructor() {
    const longMessage = 'The request body is invalid. Please consult the API documentation for more information.';
    super([{ message: 'Request body invalid', longMessage }]);
  }
}
