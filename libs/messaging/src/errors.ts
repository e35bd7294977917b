import { type InvalidField, type QuotaStanding, type RequestErrorCode } from '@gatehouse/contracts';
import { codedError } from '@gatehouse/errors';

/** What an operator does when a service cannot reach another account, as the end of a sentence. */
export const accountsAdvice = "check the server's accounts against nats-config";

/** What an operator does about a stream or consumer that differs from its contract, as the end of a sentence. */
export const setupAdvice = 'run nats-setup of the newest release ("npm run nats:setup" in a checkout)';

/** NATS is unavailable; nothing was sent. */
export class NatsDisconnectedError extends codedError('NATS_DISCONNECTED', 'not connected to NATS') {}

/**
 * The connection fails because of its configuration, such as the password or TLS, so a retry cannot succeed. The message
 * never quotes a configured value.
 */
export class NatsRefusedError extends codedError(
  'NATS_REFUSED',
  (reason: string) => `cannot connect to NATS: ${reason}`,
) {}

/** The connection to NATS was lost before the reply arrived; whether the request was handled is unknown. */
export class NatsLostError extends codedError('NATS_LOST', 'the connection to NATS was lost') {}

/** JetStream did not acknowledge a message or answer an API call; whether it acted is unknown. */
export class JetStreamUnavailableError extends codedError(
  'JETSTREAM_UNAVAILABLE',
  (call: string) => `JetStream did not answer: ${call}`,
) {}

/**
 * NATS refuses to create a stream or consumer, or to change one so that it matches its contract. `fields` names the
 * settings that differ; it is empty for a creation. An operator must correct the configuration.
 */
export class JetStreamConfigurationError extends codedError(
  'JETSTREAM_CONFIGURATION',
  (what: string, fields: readonly string[], cause: Error) =>
    fields.length === 0
      ? `NATS refuses to create the ${what}: ${cause.message}`
      : `the ${what} differs from its contract in ${fields.join(', ')}, and NATS refuses the change: ${cause.message}`,
) {
  constructor(
    what: string,
    readonly fields: readonly string[],
    cause: Error,
  ) {
    super(what, fields, cause, { cause });
  }
}

/** A stream or consumer does not exist. stream-keeper creates it. */
export class ContractAbsentError extends codedError(
  'CONTRACT_ABSENT',
  (what: string) => `the ${what} does not exist; stream-keeper creates it`,
) {}

/** A stream or consumer differs from its contract in `fields`, so that it cannot be used. */
export class ContractMismatchError extends codedError(
  'CONTRACT_MISMATCH',
  (what: string, fields: readonly string[]) =>
    `the ${what} differs from its contract in ${fields.join(', ')} and cannot be used: ${setupAdvice}`,
) {}

/** A handler was registered without a contract, or with the contract of another transport. */
export class ContractMissingError extends codedError(
  'CONTRACT_MISSING',
  (pattern: string) => `the handler of ${pattern} has no contract`,
) {}

/**
 * The refusal of a request. `reason` is one of the error codes in `request.ts` of `@gatehouse/contracts`. `message` may
 * be shown to the caller. `fields` are the fields of the request that are the reason. `retryAfterMs` is the time after
 * which a retry makes sense, where that is known. `quota` is the quota that is used up, for `quota_exceeded`.
 */
export class RequestRefusedError extends codedError(
  'REQUEST_REFUSED',
  (_reason: RequestErrorCode, message: string) => message,
) {
  readonly fields: readonly InvalidField[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly quota: QuotaStanding | undefined;

  constructor(
    readonly reason: RequestErrorCode,
    message: string,
    options?: ErrorOptions & {
      readonly fields?: readonly InvalidField[] | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly quota?: QuotaStanding | undefined;
    },
  ) {
    super(reason, message, options);
    this.fields = options?.fields;
    this.retryAfterMs = options?.retryAfterMs;
    this.quota = options?.quota;
  }
}

/**
 * Makes the refusal of a request because of one of its fields.
 * @param field path in the request, with dots between levels
 * @param message what is wrong with it, such as `is not in the future`; never its value
 */
export function fieldRefused(reason: RequestErrorCode, field: string, message: string): RequestRefusedError {
  return new RequestRefusedError(reason, `${field}: ${message}`, { fields: [{ field, message }] });
}

/**
 * A dependency of every event is unavailable: the database, NATS or all of Clerk. A consumer that meets this error
 * pauses and retries; the event does not use up an attempt.
 */
export class SharedOutageError extends codedError(
  'SHARED_OUTAGE',
  (dependency: string) => `${dependency} is unavailable`,
) {}

/** JetStream rejected a message; nothing was stored. `errorCode` is JetStream's code of the reason, if it gave one. */
export class PublishRefusedError extends codedError(
  'PUBLISH_REFUSED',
  (reason: string) => `JetStream refused a message: ${reason}`,
) {
  constructor(
    reason: string,
    readonly errorCode?: number,
  ) {
    super(reason);
  }
}

/** The subject has another last message than the publisher expected; nothing was stored. */
export class StaleSequenceError extends codedError(
  'STALE_SEQUENCE',
  'the last message of the subject is another one than expected',
) {}

/** The stream gave out a sequence again: it was replaced, or it lost messages that it had acknowledged. */
export class StreamWentBackError extends codedError(
  'STREAM_WENT_BACK',
  (stream: string) => `the stream ${stream} gave out a sequence a second time`,
) {}

/** No acknowledgement of a message arrived; whether it was stored is unknown. */
export class PublishUnacknowledgedError extends codedError(
  'PUBLISH_UNACKNOWLEDGED',
  'JetStream did not acknowledge a message',
) {}
