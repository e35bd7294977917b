import { type RequestErrorCode } from '@gatehouse/contracts';

/** NATS is away; nothing was sent. */
export class NatsDisconnectedError extends Error {
  readonly code = 'NATS_DISCONNECTED';

  constructor() {
    super('not connected to NATS');
    this.name = 'NatsDisconnectedError';
  }
}

/** NATS does not let this service in as it is configured; waiting does not help. The message shows no value. */
export class NatsRefusedError extends Error {
  readonly code = 'NATS_REFUSED';

  constructor(reason: string) {
    super(`cannot connect to NATS: ${reason}`);
    this.name = 'NatsRefusedError';
  }
}

/** The connection to NATS was lost before an answer came; whether the request was served is unknown. */
export class NatsLostError extends Error {
  readonly code = 'NATS_LOST';

  constructor() {
    super('the connection to NATS was lost');
    this.name = 'NatsLostError';
  }
}

/** JetStream did not take a message or did not answer an API call; whether it was stored is unknown. */
export class JetStreamUnavailableError extends Error {
  readonly code = 'JETSTREAM_UNAVAILABLE';

  constructor(what: string, cause?: unknown) {
    super(`JetStream did not answer: ${what}`, { cause });
    this.name = 'JetStreamUnavailableError';
  }
}

/**
 * NATS refuses to make a stream or a consumer, or to bring it to the configuration that its contract asks for: `fields`
 * differ. Only a person can mend it.
 */
export class JetStreamConfigurationError extends Error {
  readonly code = 'JETSTREAM_CONFIGURATION';

  constructor(
    what: string,
    readonly fields: readonly string[],
    cause: Error,
  ) {
    const why = cause.message;
    super(
      fields.length === 0
        ? `NATS refuses to make the ${what}: ${why}`
        : `the ${what} differs from its contract in ${fields.join(', ')}, and NATS refuses the change: ${why}; put it right, or delete it: it is made anew`,
      { cause },
    );
    this.name = 'JetStreamConfigurationError';
  }
}

/** A stream is not there: nobody has made it yet, or it was lost a moment ago. */
export class StreamMissingError extends Error {
  readonly code = 'STREAM_MISSING';

  constructor(stream: string) {
    super(`there is no stream ${stream}`);
    this.name = 'StreamMissingError';
  }
}

/** A handler was registered without a contract, or for another transport's. */
export class ContractMissingError extends Error {
  readonly code = 'CONTRACT_MISSING';

  constructor(pattern: string) {
    super(`the handler of ${pattern} has no contract`);
    this.name = 'ContractMissingError';
  }
}

/**
 * Why a service refuses a request, in the words of the contract; `message` may be shown to the caller. `retryAfterMs`: when
 * another try makes sense, where that is known; milliseconds.
 */
export class RequestRefusedError extends Error {
  readonly code = 'REQUEST_REFUSED';
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly reason: RequestErrorCode,
    message: string,
    options?: ErrorOptions & { readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.name = 'RequestRefusedError';
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/**
 * Something that all events need is away (database, NATS, Clerk as a whole). A consumer that meets it pauses and
 * probes; the event in hand has not used up a try.
 */
export class SharedOutageError extends Error {
  readonly code = 'SHARED_OUTAGE';

  constructor(what: string, cause: unknown) {
    super(`${what} is away`, { cause });
    this.name = 'SharedOutageError';
  }
}

/** JetStream did not take a message; nothing was stored. */
export class PublishRefusedError extends Error {
  readonly code = 'PUBLISH_REFUSED';

  constructor(reason: string) {
    super(`JetStream refused a message: ${reason}`);
    this.name = 'PublishRefusedError';
  }
}

/** No acknowledgement of a message came; whether it was stored is unknown. */
export class PublishUnacknowledgedError extends Error {
  readonly code = 'PUBLISH_UNACKNOWLEDGED';

  constructor(cause?: unknown) {
    super('JetStream did not acknowledge a message', { cause });
    this.name = 'PublishUnacknowledgedError';
  }
}
