import { codedError } from '@gatehouse/errors';

/** The method of a request is none that the gate sends to upstreams. `allowed`: those that it sends. */
export class MethodNotProxiedError extends codedError(
  'method_not_allowed',
  'The gate does not send requests with this method. See Allow.',
) {
  constructor(readonly allowed: string) {
    super();
  }
}

/** The body of a request to an upstream is larger than its route allows. */
export class BodyTooLargeError extends codedError('body_too_large', (mebibytes: number) =>
  mebibytes === 0 ? 'This route takes no body.' : `The body is larger than ${mebibytes} MiB.`,
) {}

/** The body of a request to an upstream ended before it was complete. */
export class BodyIncompleteError extends codedError('body_incomplete', 'The body ended before it was complete.') {}

/** The body of a request to an upstream arrived too slowly. */
export class BodyTooSlowError extends codedError(
  'request_timeout',
  'The body took too long to arrive. Send at least 240 bytes per second.',
) {}

/** As many requests to an upstream are open as may be. The upstream did not get this one. */
export class UpstreamBusyError extends codedError(
  'upstream_busy',
  'Too many requests to this service are open. Retry after Retry-After seconds.',
) {
  readonly retryAfterMs = 1_000;
}

/** No connection to an upstream could be opened. The upstream did not get the request. */
export class UpstreamUnreachableError extends codedError(
  'upstream_unreachable',
  'The service behind this route could not be reached. It did not get the request.',
) {}

/** An upstream broke the connection off, or sent what is no response. It may have processed the request. */
export class UpstreamFailedError extends codedError(
  'upstream_failed',
  'The service behind this route sent no valid response. It may have processed the request.',
) {}

/** An upstream did not respond in time. It may have processed the request. */
export class UpstreamTimeoutError extends codedError(
  'upstream_timeout',
  'The service behind this route did not respond in time. It may have processed the request.',
) {}

/** The client of a request that was sent to an upstream is gone. Nobody gets it. */
export class ClientGoneError extends codedError('CLIENT_GONE', 'the client is gone') {}

/** The caller of a request must be confirmed again before its first byte is sent. Nobody gets it. */
export class RequestWithdrawnError extends codedError('REQUEST_WITHDRAWN', 'the caller must be confirmed again') {}

/** A request asks for a WebSocket, and breaks the rules of the handshake. */
export class HandshakeInvalidError extends codedError('bad_request', (fault: string) => fault) {}

/** An upstream accepted a WebSocket, and broke the rules of the handshake. */
export class HandshakeFailedError extends codedError(
  'HANDSHAKE_FAILED',
  (fault: string) => `the upstream accepted a WebSocket, but ${fault}`,
) {}

/** The gateway has as many streams of upstreams as it may have, or cannot learn now which callers are still trusted. */
export class StreamsUnavailableError extends codedError(
  'streams_unavailable',
  'This gateway cannot open a stream or WebSocket now. Retry after Retry-After seconds.',
) {
  readonly retryAfterMs = 1_000 + Math.random() * 4_000;
}

/** The caller has as many streams and WebSockets open at this gateway as one caller may have. */
export class TooManyStreamsError extends codedError(
  'too_many_streams',
  'Too many streams and WebSockets are open. Close one first.',
) {}
