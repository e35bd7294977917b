import { type ConsumerContract, type StreamContract } from '@gatehouse/contracts';
import {
  AckPolicy,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  jetstreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { JetStreamConfigurationError, JetStreamUnavailableError, StreamMissingError } from './errors';
import {
  STREAM_NOT_FOUND,
  api,
  updateIfDifferent,
  differing,
  nameOf,
  orUndefined,
  unlessRefused,
} from './jetstream-api';
import { type NatsClient } from './nats-client';
import { StreamPublisher } from './stream-publisher';

/** Position of a published message: its sequence, and the creation time of the stream. */
export interface Stored {
  readonly sequence: number;
  readonly streamCreatedAt: Date;
  /** True when the stream already had a message with this id; nothing was stored. */
  readonly duplicate: boolean;
}

/** State of a stream. Sequences are 0 if the stream never had a message. `bytes` is counted by JetStream. */
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
const CONSUMER_NOT_FOUND = 10_014;
const MESSAGE_NOT_FOUND = 10_037;
const SEQUENCE_NOT_FOUND = 10_043;

/** Streams and consumers by their contracts. Creates them whenever they are missing. */
export class JetStream {
  private readonly created = new Map<string, Date>();
  private readonly ensuring = new Map<string, Promise<Date>>();
  /** By name of a stream or consumer: the last refusal of its configuration by NATS. */
  private readonly refused = new Map<string, JetStreamConfigurationError>();
  private publisher: StreamPublisher | undefined;

  constructor(
    private readonly nats: NatsClient,
    private readonly replicas: number = 1,
  ) {
    nats.onConnect(() => this.created.clear());
    nats.onLoss(() => this.publisher?.giveUp());
  }

  /** Publishes a message and waits for the acknowledgement; creates the stream if it is missing. */
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
      // The stream was probably deleted: the next publish creates it again.
      this.created.delete(message.stream.name);
      throw new JetStreamUnavailableError(`publishing on ${message.subject}`, { cause: error });
    }
  }

  /** Creation time of the stream; creates it if it is missing. Cached until a publish fails or the client reconnects. */
  async streamCreatedAt(stream: StreamContract): Promise<Date> {
    const known = this.created.get(stream.name);
    if (known !== undefined) return known;
    const running =
      this.ensuring.get(stream.name) ?? this.ensureStream(stream).finally(() => this.ensuring.delete(stream.name));
    this.ensuring.set(stream.name, running);
    return running;
  }

  /**
   * Creates the stream or updates it to its contract; returns its creation time.
   * @throws JetStreamConfigurationError, JetStreamUnavailableError
   */
  async ensureStream(stream: StreamContract): Promise<Date> {
    const manager = await this.manager();
    const config = this.configOf(stream);
    const what = nameOf(stream);
    const info = await this.ensure(what, async () => {
      const present = await orUndefined(STREAM_NOT_FOUND, () => manager.streams.info(stream.name));
      if (present === undefined) return unlessRefused(what, [], () => manager.streams.add(config));
      return updateIfDifferent(what, present, config, () => manager.streams.update(stream.name, config));
    });
    const createdAt = new Date(info.created);
    this.created.set(stream.name, createdAt);
    return createdAt;
  }

  /**
   * Creates the stream and the consumer, or updates them to their contracts.
   * @throws JetStreamConfigurationError, JetStreamUnavailableError
   */
  async ensureConsumer(consumer: ConsumerContract): Promise<ConsumerInfo> {
    const { stream, durable, ackWaitMs, maxAckPending } = consumer;
    await this.ensureStream(stream);
    const manager = await this.manager();
    // These settings are sent only at creation: they do not affect an existing consumer, and NATS rejects their update.
    const creation = { deliver_policy: DeliverPolicy.All, replay_policy: ReplayPolicy.Instant };
    const config = {
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: maxAckPending,
      max_deliver: -1,
      // No filter, so that the consumer receives every message. No `backoff`, so that `ack_wait` is the only delay of a
      // redelivery.
      filter_subject: undefined,
      filter_subjects: undefined,
      backoff: undefined,
      deliver_subject: undefined,
    };
    const what = nameOf(consumer);
    return this.ensure(what, async () => {
      const present = await orUndefined(CONSUMER_NOT_FOUND, () => manager.consumers.info(stream.name, durable));
      if (present !== undefined) {
        return updateIfDifferent(what, present, config, () => manager.consumers.update(stream.name, durable, config));
      }
      const created = { durable_name: durable, ...creation, ...config };
      return unlessRefused(what, [], () => manager.consumers.add(stream.name, created));
    });
  }

  /** State of the stream; undefined when it is missing. */
  async streamState(stream: StreamContract): Promise<StreamState | undefined> {
    const manager = await this.manager();
    return api(`stream ${stream.name}`, async () => {
      const info = await orUndefined(STREAM_NOT_FOUND, () => manager.streams.info(stream.name));
      if (info === undefined) return undefined;
      const { first_seq: firstSequence, last_seq: lastSequence, bytes } = info.state;
      return { createdAt: new Date(info.created), firstSequence, lastSequence, bytes };
    });
  }

  /** State of the consumer; undefined when the consumer or its stream is missing. */
  async consumerState({ stream, durable }: ConsumerContract): Promise<ConsumerState | undefined> {
    const manager = await this.manager();
    return api(`consumer ${durable}`, async () => {
      const info = await orUndefined(STREAM_NOT_FOUND, () =>
        orUndefined(CONSUMER_NOT_FOUND, () => manager.consumers.info(stream.name, durable)),
      );
      if (info === undefined) return undefined;
      return { ackFloor: info.ack_floor.stream_seq, waiting: info.num_pending, unacknowledged: info.num_ack_pending };
    });
  }

  /**
   * Overwrites and deletes the message `sequence`, if the stream is still the one that was created at
   * `streamCreatedAt`. Returns whether the message existed.
   * @throws JetStreamUnavailableError
   */
  async eraseMessage(stream: StreamContract, sequence: number, streamCreatedAt: Date): Promise<boolean> {
    const state = await this.streamState(stream);
    if (state?.createdAt.getTime() !== streamCreatedAt.getTime()) return false;
    const manager = await this.manager();
    return api(`deleting a message of ${stream.name}`, async () => {
      const erased = await orUndefined(MESSAGE_NOT_FOUND, () =>
        orUndefined(SEQUENCE_NOT_FOUND, () => manager.streams.deleteMessage(stream.name, sequence, true)),
      );
      return erased ?? false;
    });
  }

  /** Removes all messages up to a sequence; returns how many. @throws JetStreamUnavailableError */
  async purgeUpTo(stream: StreamContract, sequence: number): Promise<number> {
    const manager = await this.manager();
    return api(`purging ${stream.name}`, async () => {
      return (await manager.streams.purge(stream.name, { seq: sequence + 1 })).purged;
    });
  }

  /** Throws when the stream is missing, or when it differs from its contract and NATS refused to update it. */
  async checkStream(stream: StreamContract): Promise<void> {
    const manager = await this.manager();
    const what = nameOf(stream);
    const refusal = this.refused.get(what);
    const info = await api(what, () => orUndefined(STREAM_NOT_FOUND, () => manager.streams.info(stream.name)));
    if (info === undefined) throw refusal ?? new StreamMissingError(stream.name);
    // An operator may have corrected the stream since the refusal, so its settings are compared again.
    if (refusal !== undefined && differing(info, this.configOf(stream)).length > 0) throw refusal;
  }

  /** Throws when NATS refused the last creation or update of the consumer. */
  checkConsumer(consumer: ConsumerContract): void {
    const refusal = this.refused.get(nameOf(consumer));
    if (refusal !== undefined) throw refusal;
  }

  /** Calls NATS. Keeps a refusal, which readiness reports, until a later call for `what` succeeds. */
  private async ensure<Value>(what: string, call: () => Promise<Value>): Promise<Value> {
    try {
      const value = await api(what, call);
      this.refused.delete(what);
      return value;
    } catch (error) {
      if (error instanceof JetStreamConfigurationError) this.refused.set(what, error);
      throw error;
    }
  }

  private configOf(stream: StreamContract) {
    return {
      name: stream.name,
      subjects: [...stream.subjects],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_age: nanos(stream.maxAgeMs),
      max_bytes: stream.maxBytes,
      max_msg_size: stream.maxMessageBytes,
      duplicate_window: nanos(stream.duplicateWindowMs),
      num_replicas: this.replicas,
    };
  }

  private streamPublisher(): StreamPublisher {
    const connection = this.nats.get();
    if (this.publisher?.connection !== connection) {
      this.publisher = new StreamPublisher(connection, this.nats.inboxPrefix, API_TIMEOUT_MS);
    }
    return this.publisher;
  }

  private manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.nats.get(), { timeout: API_TIMEOUT_MS, checkAPI: false });
  }
}
