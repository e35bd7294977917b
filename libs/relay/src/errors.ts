import { codedError } from '@gatehouse/errors';

/** Another process has taken over the epoch, or a new epoch was requested. */
export class LeaseLostError extends codedError(
  'STREAM_LEASE_LOST',
  (stream: string) => `another process writes the stream ${stream}`,
) {}

/** The process stops while it writes an epoch. Another process, or the next start, continues. */
export class RelayStoppedError extends codedError('RELAY_STOPPED', 'the relay stops') {}

/** The stream could not be read or written; the relay pauses and tries again. */
export class RowNotPublishedError extends codedError(
  'ROW_NOT_PUBLISHED',
  (stream: string) => `a row of ${stream} was changed on the stream at each attempt to publish it`,
) {}
