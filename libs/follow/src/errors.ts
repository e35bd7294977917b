import { codedError } from '@gatehouse/errors';

/** NATS or JetStream did not answer, or refused the call. The follower tries again. */
export class StreamUnavailableError extends codedError(
  'STREAM_UNAVAILABLE',
  (call: string, reason: string) => `${call} failed: ${reason}`,
) {}

/**
 * The caller has a newer state of a row than the stream: the stream, or Gatehouse's database, was restored from a backup.
 * The follower removes nothing until the publisher has written the stream anew.
 */
export class StreamOutdatedError extends codedError(
  'STREAM_OUTDATED',
  (stream: string) => `${stream} is older than your rows; waiting until Gatehouse writes it anew`,
) {}

/** A message of the stream cannot be read. The follower skips it. The content is not quoted. */
export class UnreadableMessageError extends codedError(
  'MESSAGE_UNREADABLE',
  (subject: string, sequence: number) => `message ${sequence} on ${subject} is not a message of Gatehouse`,
) {}

/** The server ended the subscription of the feed, in most cases because a permission is missing. */
export class FeedRefusedError extends codedError(
  'FEED_REFUSED',
  (subject: string) => `NATS refuses the subscription of ${subject}: check the permissions of the NATS user`,
) {}

/** A callback failed. The follower calls it again after a pause. `key` is the user id, or `<user id>.<kind>.<id>`. */
export class CallbackFailedError extends codedError(
  'CALLBACK_FAILED',
  (key: string, attempt: number) => `the callback failed for ${key} (attempt ${attempt})`,
) {
  constructor(
    readonly key: string,
    readonly attempt: number,
    options: ErrorOptions,
  ) {
    super(key, attempt, options);
  }
}

/** The follower was stopped before it had read the whole table. */
export class FollowStoppedError extends codedError('FOLLOW_STOPPED', 'the follower was stopped') {}

/** The connection to NATS was closed, so the follower stopped. */
export class ConnectionClosedError extends codedError(
  'CONNECTION_CLOSED',
  'the connection to NATS is closed; the follower stopped',
) {}
