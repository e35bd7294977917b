import { RequestRefusedError } from '@gatehouse/messaging';

/**
 * Fields by which the request body states who is calling. They are only compared with the signed-in user; a field that
 * differs is rejected.
 */
export type Assertion = 'clerkUserId' | 'phoneNumber';

/** Refusal that names the field that does not match the signed-in user. */
export class AssertionFailedError extends RequestRefusedError {
  constructor(readonly assertion: Assertion) {
    super('identity_mismatch', `${assertion}: differs from that of the signed-in user`);
    this.name = 'AssertionFailedError';
  }
}
