import { RequestRefusedError } from '@gatehouse/messaging';

/**
 * Fields of the request body that state who is calling. They do not identify the caller: the token does. The request is
 * rejected if a field differs from the signed-in user.
 */
export type Assertion = 'clerkUserId' | 'phoneNumber';

/** Refusal that names the field that does not match the signed-in user. */
export class AssertionFailedError extends RequestRefusedError {
  constructor(readonly assertion: Assertion) {
    super('identity_mismatch', `${assertion}: differs from that of the signed-in user`);
    this.name = 'AssertionFailedError';
  }
}
