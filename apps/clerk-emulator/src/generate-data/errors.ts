import { ClerkApiError } from '../errors';

/** 422: so many webhooks do not fit into the queue. */
export class QueueTooSmallError extends ClerkApiError {
  readonly status = 422;
  readonly code = 'queue_too_small';
  constructor(events: number, limit: number) {
    const longMessage = `${events} webhooks do not fit into the queue of ${limit}; ask for fewer, or for none.`;
    super([{ message: 'too many webhooks', longMessage }]);
  }
}
