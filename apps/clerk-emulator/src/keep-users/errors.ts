import { ClerkApiError } from '../errors';

/** 422: the whole request lacks what it needs. */
export class FormDataMissingError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_data_missing';
  constructor() {
    const longMessage =
      '["email_address" "phone_number" "username"] data doesn\'t match user requirements set for this instance';
    super([{ message: 'missing data', longMessage }]);
  }
}

/** 422: an e-mail address, phone number, username or external id belongs to somebody already. */
export class IdentifierExistsError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_identifier_exists';
  constructor(paramName: string) {
    const message = `That ${paramName.replaceAll('_', ' ')} is taken. Please try another.`;
    super([{ message, longMessage: message, meta: { param_name: paramName } }]);
  }
}

/** 422: an id in the body names nothing that belongs to this user. */
export class ParamValueInvalidError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_param_value_invalid';
  constructor(paramName: string, longMessage: string) {
    super([{ message: 'is invalid', longMessage, meta: { param_name: paramName } }]);
  }
}

/** 422: metadata above 8 KB, or nested beyond reason. */
export class MetadataInvalidError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'form_param_value_too_large';
  constructor(paramName: string, longMessage: string) {
    super([{ message: 'is too large', longMessage, meta: { param_name: paramName } }]);
  }
}
