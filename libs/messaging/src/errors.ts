import { type RequestErrorCode } from '@gatehouse/contracts';
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
 * be shown to the caller. `retryAfterMs` is the time after which a retry makes sense, where that is known.
 */
export class RequestRefusedError extends codedError(
  'REQUEST_REFUSED',
  (_reason: RequestErrorCode, message: string) => message,
) {
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly reason: RequestErrorCode,
    message: string,
    options?: ErrorOptions & { readonly retryAfterMs?: number | undefined },
  ) {
    super(reason, message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/**
 * A dependency of every event is unavailable: the database, NATS or all of Clerk. A consumer that meets this error
 * pauses and retries; the event does not use up an attempt.
 */
export class SharedOutageError extends codedError(
  'SHARED_OUTAGE',
  (dependency: string) => `${dependency} is unavailable`,
) {}

/** JetStream rejected a message; nothing was stored. */
export class PublishRefusedError extends codedError(
  'PUBLISH_REFUSED',
  (reason: string) => `JetStream refused a message: ${reason}`,
) {}

/** No acknowledgement of a message arrived; whether it was stored is unknown. */
export class PublishUnacknowledgedError extends codedError(
  'PUBLISH_UNACKNOWLEDGED',
  'JetStream did not acknowledge a message',
) {}
