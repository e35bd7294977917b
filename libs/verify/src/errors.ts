import { codedError } from '@gatehouse/errors';

/**
 * Why an assertion is rejected.
 * - `missing`: the request has none. It did not come through the gate, or the route is public
 * - `expired`: it is older than its lifetime
 * - `other_audience`: it is for another service
 * - `invalid`: anything else, such as a signature that does not match
 */
export type AssertionFault = 'missing' | 'expired' | 'other_audience' | 'invalid';

const texts: Readonly<Record<AssertionFault, string>> = {
  missing: 'The request has no assertion: it did not come through the gate, or the route is public.',
  expired: 'The assertion has expired.',
  other_audience: 'The assertion is for another service.',
  invalid: 'The assertion is invalid.',
};

/** An option of `createVerifier` is missing or invalid; the message names it and says what is allowed. */
export class OptionInvalidError extends codedError(
  'OPTION_INVALID',
  (option: string, allowed: string) => `The option ${option} must be ${allowed}.`,
) {}

/** The assertion is rejected. Answer the request with 401. */
export class AssertionInvalidError extends codedError('ASSERTION_INVALID', (fault: AssertionFault) => texts[fault]) {
  readonly fault: AssertionFault;

  constructor(fault: AssertionFault, options?: ErrorOptions) {
    super(fault, options);
    this.fault = fault;
  }
}

/** The key set of the gateway cannot be fetched. Answer the request with 503. */
export class KeysUnavailableError extends codedError(
  'KEYS_UNAVAILABLE',
  'The key set of the gateway cannot be fetched.',
) {}
