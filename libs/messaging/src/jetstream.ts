import { type ConsumerContract, type StreamContract, jetStreamApiPrefix } from '@gatehouse/contracts';
import { type ConsumerInfo, type JetStreamManager, type StreamInfo, jetstreamManager } from '@nats-io/jetstream';
import { millis } from '@nats-io/transport-node';
import { type Logger } from 'pino';
import { ContractLog } from './contract-log';
import { ContractAbsentError, ContractMismatchError, JetStreamUnavailableError } from './errors';
import { CONSUMER_NOT_FOUND, STREAM_NOT_FOUND, api, nameOf, orUndefined } from './jetstream-api';
import { type NatsClient } from './nats-client';
import { consumerDifference, streamDifference } from './stream-config';
import { StreamPublisher } from './stream-publisher';

/** Position of a published message: its sequence, and the creation time of the stream. */
export interface Stored {
  readonly sequence: number;
  readonly streamCreatedAt: Date;
  /** True when the stream already had a message with this id; nothing was stored. */
  readonly duplicate: boolean;
}

/**
 * State of a stream. Sequences are 0 if the stream never had a message. `bytes` is the size by which JetStream enforces
 * `max_bytes`: messages with their subjects, headers and overhead.
 */
export interface StreamState {
  readonly createdAt: Date;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly bytes: number;
}

/** State of a durable consumer. */
export interface ConsumerState {
  /** Every message up to this sequence is acknowledged. */
  readonly ackFloor: number;
  /** Messages that no client has received. */
  readonly waiting: number;
  /** Messages that a client has received and not acknowledged. */
  readonly unacknowledged: number;
  /** Time after which an unacknowledged message is redelivered, in milliseconds. */
  readonly ackWaitMs: number;
}

/** One message to publish. */
export interface Publication {
  readonly stream: StreamContract;
  readonly subject: string;
  readonly messageId: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}

const API_TIMEOUT_MS = 5_000;
/** Creation time of a stream that nats-server 2.9 is still creating. */
const NOT_YET = '0001-01-01T00:00:00Z';
const MESSAGE_NOT_FOUND = 10_037;
const SEQUENCE_NOT_FOUND = 10_043;

/** Streams and consumers by their contracts, as a service uses them. It creates and changes none: stream-keeper does. */
export class JetStream {
  private readonly created = new Map<string, Date>();
  private readonly checking = new Map<string, Promise<StreamState>>();
  private readonly contracts: ContractLog;
  private publisher: StreamPublisher | undefined;

  constructor(
    private readonly nats: NatsClient,
    log?: Logger,
  ) {
    this.contracts = new ContractLog(log);
    nats.onConnect(() => this.created.clear());
    nats.onLoss(() => this.publisher?.giveUp());
  }

  /**
   * Publishes a message and waits for the acknowledgement.
   * @throws ContractAbsentError, ContractMismatchError, JetStreamUnavailableError
   */
  async publish(message: Publication): Promise<Stored> {
    const streamCreatedAt = await this.streamCreatedAt(message.stream);
    try {
      const ack = await this.streamPublisher().publish(message.subject, message.data, [
        ...Object.entries(message.headers ?? {}),
        ['Nats-Msg-Id', message.messageId],
        ['Nats-Expected-Stream', message.stream.name],
      ]);
      return { ...ack, streamCreatedAt };
    } catch (error) {
      // The stream was probably deleted: the next publish checks it first.
      this.created.delete(message.stream.name);
      throw new JetStreamUnavailableError(`publishing on ${message.subject}`, { cause: error });
    }
  }

  /**
   * Creation time of the stream. Cached until one of three things happens:
   * - A publish fails.
   * - Reading the state of the stream shows that it is missing or was replaced.
   * - The client reconnects.
   * @throws ContractAbsentError, ContractMismatchError, JetStreamUnavailableError
   */
  async streamCreatedAt(stream: StreamContract): Promise<Date> {
    const known = this.created.get(stream.name);
    if (known !== undefined) return known;
    const running =
      this.checking.get(stream.name) ?? this.checkStream(stream).finally(() => this.checking.delete(stream.name));
    this.checking.set(stream.name, running);
    return (await running).createdAt;
  }

  /**
   * Compares the stream with its contract and returns its state. A difference that does not make the stream `unusable`,
   * such as another `max_age`, is only logged.
   * @throws ContractAbsentError, ContractMismatchError, JetStreamUnavailableError
   */
  async checkStream(stream: StreamContract): Promise<StreamState> {
    const info = await this.streamInfo(stream);
    if (info === undefined) throw new ContractAbsentError(nameOf(stream));
    const difference = streamDifference(info.config, stream);
    if (difference.unusable) throw new ContractMismatchError(nameOf(stream), difference.fields);
    const state = streamStateOf(info);
    this.created.set(stream.name, state.createdAt);
    return state;
  }

  /**
   * Compares the consumer with its contract and returns its state. A difference that does not make the consumer
   * `unusable`, such as another `max_ack_pending`, is only logged.
   * @throws ContractAbsentError, ContractMismatchError, JetStreamUnavailableError
   */
  async checkConsumer(consumer: ConsumerContract): Promise<ConsumerState> {
    const info = await this.consumerInfo(consumer);
    if (info === undefined) {
      this.contracts.absent(consumer);
      throw new ContractAbsentError(nameOf(consumer));
    }
    // Each deployment chooses its own `ack_wait`, which only stream-keeper knows.
    const state = consumerStateOf(info);
    const difference = consumerDifference(info.config, { ...consumer, ackWaitMs: state.ackWaitMs });
    this.contracts.present(consumer, difference);
    if (difference.unusable) throw new ContractMismatchError(nameOf(consumer), difference.fields);
    return state;
  }

  /** State of the stream; undefined when it is missing. @throws JetStreamUnavailableError */
  async streamState(stream: StreamContract): Promise<StreamState | undefined> {
    const info = await this.streamInfo(stream);
    return info && streamStateOf(info);
  }

  /** State of the consumer; undefined when the consumer or its stream is missing. @throws JetStreamUnavailableError */
  async consumerState(consumer: ConsumerContract): Promise<ConsumerState | undefined> {
    const info = await this.consumerInfo(consumer);
    return info && consumerStateOf(info);
  }

  /**
   * Overwrites and deletes the message `sequence`, if the stream is still the one that was created at
   * `streamCreatedAt`. Returns whether the message existed.
   * @throws JetStreamUnavailableError
   */
  async eraseMessage(stream: StreamContract, sequence: number, streamCreatedAt: Date): Promise<boolean> {
    const state = await this.streamState(stream);
    if (state?.createdAt.getTime() !== streamCreatedAt.getTime()) return false;
    return this.eraseSequence(stream, sequence);
  }

  /**
   * Overwrites and deletes the message `sequence`. Returns whether the message existed.
   * @throws JetStreamUnavailableError
   */
  async eraseSequence(stream: StreamContract, sequence: number): Promise<boolean> {
    const manager = await this.manager();
    return api(`deleting a message of ${stream.name}`, async () => {
      const gone = [MESSAGE_NOT_FOUND, SEQUENCE_NOT_FOUND];
      return (await orUndefined(gone, () => manager.streams.deleteMessage(stream.name, sequence, true))) ?? false;
    });
  }

  /** Removes all messages up to and including `sequence`; returns how many. @throws JetStreamUnavailableError */
  async purgeUpTo(stream: StreamContract, sequence: number): Promise<number> {
    // `sequence` 0 would become `seq: 1`, which nats-server 2.9 and 2.10 take for "everything".
    if (sequence < 1) return 0;
    const manager = await this.manager();
    return api(`purging ${stream.name}`, async () => {
      return (await manager.streams.purge(stream.name, { seq: sequence + 1 })).purged;
    });
  }

  /** Reads the stream, and logs when it is missing, differs from its contract or matches it again. */
  private async streamInfo(stream: StreamContract): Promise<StreamInfo | undefined> {
    const manager = await this.manager();
    const found = await api(nameOf(stream), () =>
      orUndefined([STREAM_NOT_FOUND], () => manager.streams.info(stream.name)),
    );
    // It drops messages until it exists, and gets another creation time.
    const info = found?.created === NOT_YET ? undefined : found;
    if (info === undefined) this.contracts.absent(stream);
    else this.contracts.present(stream, streamDifference(info.config, stream));
    // A stream that was deleted or replaced is checked again before the next publish.
    const known = this.created.get(stream.name);
    if (info === undefined || known?.getTime() !== Date.parse(info.created)) this.created.delete(stream.name);
    return info;
  }

  private async consumerInfo(consumer: ConsumerContract): Promise<ConsumerInfo | undefined> {
    const manager = await this.manager();
    const missing = [STREAM_NOT_FOUND, CONSUMER_NOT_FOUND];
    return api(nameOf(consumer), () =>
      orUndefined(missing, () => manager.consumers.info(consumer.stream.name, consumer.durable)),
    );
  }

  private streamPublisher(): StreamPublisher {
    const connection = this.nats.get();
    if (!this.publisher?.serves(connection)) {
      this.publisher = new StreamPublisher(connection, this.nats.inboxPrefix, API_TIMEOUT_MS);
    }
    return this.publisher;
  }

  private manager(): Promise<JetStreamManager> {
    const apiPrefix = jetStreamApiPrefix;
    return jetstreamManager(this.nats.get(), { timeout: API_TIMEOUT_MS, checkAPI: false, apiPrefix });
  }
}

function streamStateOf({ created, state }: StreamInfo): StreamState {
  const { first_seq: firstSequence, last_seq: lastSequence, bytes } = state;
  return { createdAt: new Date(created), firstSequence, lastSequence, bytes };
}

function consumerStateOf({ ack_floor, num_pending, num_ack_pending, config }: ConsumerInfo): ConsumerState {
  return {
    ackFloor: ack_floor.stream_seq,
    waiting: num_pending,
    unacknowledged: num_ack_pending,
    ackWaitMs: millis(config.ack_wait ?? 0),
  };
}
