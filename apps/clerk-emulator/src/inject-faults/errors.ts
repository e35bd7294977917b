import { ClerkApiError } from '../errors';

/** 408: a fault that says so. */
export class RequestTimedOutError extends ClerkApiError {
  readonly status = 408;
  readonly code = 'request_timeout';
  constructor() {
    super([{ message: 'Request timeout', longMessage: 'The request took too long to arrive, retry it' }]);
  }
}

/** 409: a fault that says so; at Clerk, another request is at work on the same resource. */
export class ResourceLockedError extends ClerkApiError {
  readonly status = 409;
  readonly code = 'resource_locked';
  constructor() {
    super([{ message: 'Resource locked', longMessage: 'Another request is changing this resource, retry later' }]);
  }
}
