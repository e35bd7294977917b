import { codedError } from '@gatehouse/errors';

/** Why and how a request is rejected. The answer is a problem (RFC 9457). */
export interface Rejection {
  readonly status: number;
  /** Stable code that is returned to the client. */
  readonly code: string;
  /** A sentence for the client, without rejected values. */
  readonly detail?: string | undefined;
  /** Code for logs and metrics, where it is more specific than `code`. */
  readonly reason?: string;
  /** Additional response headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request is rejected. The edge answers with the rejection. */
export class RequestRejectedError extends codedError(
  'REQUEST_REJECTED',
  (rejection: Rejection) => rejection.detail ?? rejection.code,
) {
  constructor(readonly rejection: Rejection) {
    super(rejection);
  }
}

/** Value of `Retry-After` when the edge itself has no capacity; seconds. */
const RETRY_AFTER_S = 5;

/** Rejections that the edge itself decides. */
export const rejections = {
  unreadable: { status: 400, code: 'bad_request', detail: 'The request cannot be read.' },
  incomplete: { status: 400, code: 'body_incomplete', detail: 'The body ended before it was complete.' },
  method: { status: 405, code: 'method_not_allowed' },
  tooSlow: { status: 408, code: 'request_timeout', detail: 'The request took too long to arrive.' },
  expectation: {
    status: 417,
    code: 'expectation_failed',
    detail: 'The header Expect must be absent or have the value 100-continue.',
  },
  headersTooLarge: { status: 431, code: 'headers_too_large', detail: 'The request has too many or too large headers.' },
  internal: { status: 500, code: 'internal' },
  overloaded: {
    status: 503,
    code: 'unavailable',
    reason: 'overloaded',
    detail: 'Too many requests are being received. Send it again.',
    headers: { 'Retry-After': String(RETRY_AFTER_S) },
  },
} as const satisfies Record<string, Rejection>;

/** Rejection of a request whose head contradicts HTTP; `detail` says how. */
export function malformed(detail: string): Rejection {
  return { ...rejections.unreadable, detail };
}

/** Rejection of a body that is larger than `limitBytes`. */
export function bodyTooLarge(limitBytes: number): Rejection {
  return { status: 413, code: 'payload_too_large', detail: `The body is larger than ${limitBytes} bytes.` };
}
