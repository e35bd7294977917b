import { type PhoneLoginBody } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { isStorable } from '@gatehouse/persistence';

/** What the body claims of who is calling: never believed, but told when it is wrong. */
export type Assertion = 'clerkUserId' | 'phoneNumber';

/** A refusal that names the assertion that does not hold. */
export class AssertionFailedError extends RequestRefusedError {
  constructor(readonly assertion: Assertion) {
    super('identity_mismatch', `${assertion}: is not the one of the signed-in user`);
    this.name = 'AssertionFailedError';
  }
}

/** Refuses a body that holds what cannot be stored. */
export function refuseUnstorable(body: PhoneLoginBody): void {
  for (const [field, value] of Object.entries(body)) {
    if (isStorable(value)) continue;
    throw new RequestRefusedError('invalid_request', `${field}: contains characters that cannot be stored`);
  }
}
