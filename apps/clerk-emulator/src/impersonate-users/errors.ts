import { ClerkApiError } from '../errors';

/** 400: an impersonation ticket that was used, was revoked or is too old. */
export class TicketInvalidError extends ClerkApiError {
  readonly status = 400;
  readonly code = 'ticket_invalid_code';
  constructor() {
    super([{ message: 'Ticket is invalid', longMessage: 'The ticket is unknown, used, revoked or expired.' }]);
  }
}
