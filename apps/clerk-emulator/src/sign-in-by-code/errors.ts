import { ClerkApiError } from '../errors';

/** 422: nobody has this e-mail address or phone number. */
export class IdentifierNotFoundError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_identifier_not_found';
  constructor() {
    const message = "Couldn't find your account.";
    super([{ message, longMessage: message, meta: { param_name: 'identifier' } }]);
  }
}

/** 422: that was not the code. */
export class CodeIncorrectError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_code_incorrect';
  constructor() {
    super([{ message: 'is incorrect', longMessage: 'Incorrect code', meta: { param_name: 'code' } }]);
  }
}

/** 400: the code is too old. */
export class VerificationExpiredError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'verification_expired';
  constructor() {
    const longMessage = 'This verification has expired. You must create a new one.';
    super([{ message: 'has expired', longMessage }]);
  }
}

/** 400: too many wrong codes. */
export class VerificationFailedError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'verification_failed';
  constructor() {
    const longMessage = 'Too many failed attempts. You have to try again with the same or another method.';
    super([{ message: 'failed', longMessage }]);
  }
}

/** 400: the code has been used. */
export class VerificationDoneError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'verification_already_verified';
  constructor() {
    super([{ message: 'already verified', longMessage: 'This verification has already been verified.' }]);
  }
}
