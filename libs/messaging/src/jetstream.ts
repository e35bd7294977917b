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
import { STREAM_NOT_FOUND, api, brought, differing, nameOf, orUndefined, unlessRefused } from './jetstream-api';
import { type NatsClient } from './nats-client';
import { StreamPublisher } from './stream-publisher';

/** Where a published message is: its sequence, and when the stream that gave it was made. */
export interface Stored {
  readonly sequence: number;
  readonly streamCreatedAt: Date;
  /** The stream had a message with this id within its duplicate window: nothing new was stored. */
  readonly duplicate: boolean;
}

/** What there is of a stream: sequences are 0 in an empty one that never held a message. Bytes as JetStream counts them. */
export interface StreamState {
  readonly createdAt: Date;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly bytes: number;
}

/** How far a durable consumer is. All messages up to `ackFloor` are acknowledged; `waiting` are not delivered yet. */
export interface ConsumerState {
  readonly ackFloor: number;
  readonly waiting: number;
  readonly inHand: number;
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

/** JetStream in the terms of our contracts: streams and consumers are made when missing, whenever that is. */
export class JetStream {
  private readonly created = new Map<string, Date>();
  private readonly ensuring = new Map<string, Promise<Date>>();
  /** What NATS refused when it was last asked for it, by name. */
  private readonly refused = new Map<string, JetStreamConfigurationError>();
  private publisher: StreamPublisher | undefined;

  constructor(
    private readonly nats: NatsClient,
    private readonly replicas: number = 1,
  ) {
    nats.onConnect(() => this.created.clear());
    nats.onLoss(() => this.publisher?.giveUp());
  }

  /** Publishes and waits for the stream's acknowledgement; makes the stream if it is missing. */
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
      // Most likely the stream was removed: the next publish makes it anew.
      this.created.delete(message.stream.name);
      throw new JetStreamUnavailableError(`publishing on ${message.subject}`, { cause: error });
    }
  }

  /** When the stream was made; makes it if it is missing. Remembered until the connection or a publish fails. */
  async streamCreatedAt(stream: StreamContract): Promise<Date> {
    const known = this.created.get(stream.name);
    if (known !== undefined) return known;
    const running =
      this.ensuring.get(stream.name) ?? this.ensureStream(stream).finally(() => this.ensuring.delete(stream.name));
    this.ensuring.set(stream.name, running);
    return running;
  }

  /**
   * Makes the stream or brings it to its contract; gives when it was made.
   * @throws JetStreamConfigurationError, JetStreamUnavailableError
   */
  async ensureStream(stream: StreamContract): Promise<Date> {
    const manager = await this.manager();
    const config = this.configOf(stream);
    const what = nameOf(stream);
    const info = await this.ensure(what, async () => {
      const present = await orUndefined(STREAM_NOT_FOUND, () => manager.streams.info(stream.name));
      if (present === undefined) return unlessRefused(what, [], () => manager.streams.add(config));
      return brought(what, present, config, () => manager.streams.update(stream.name, config));
    });
    const createdAt = new Date(info.created);
    this.created.set(stream.name, createdAt);
    return createdAt;
  }

  /**
   * Makes the stream and the consumer if either is missing, and brings them to their contracts.
   * @throws JetStreamConfigurationError, JetStreamUnavailableError
   */
  async ensureConsumer(consumer: ConsumerContract): Promise<ConsumerInfo> {
    const { stream, durable, ackWaitMs, maxAckPending } = consumer;
    await this.ensureStream(stream);
    const manager = await this.manager();
    // Where it begins, and how fast, NATS never changes; of one that is there already it does not matter any more.
    const beginning = { deliver_policy: DeliverPolicy.All, replay_policy: ReplayPolicy.Instant };
    const config = {
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: maxAckPending,
      max_deliver: -1,
      // Everything that is on the stream, and nothing that NATS would wait for besides `ack_wait`.
      filter_subject: undefined,
      filter_subjects: undefined,
      backoff: undefined,
      deliver_subject: undefined,
    };
    const what = nameOf(consumer);
    return this.ensure(what, async () => {
      const present = await orUndefined(CONSUMER_NOT_FOUND, () => manager.consumers.info(stream.name, durable));
      if (present !== undefined) {
        return brought(what, present, config, () => manager.consumers.update(stream.name, durable, config));
      }
      const made = { durable_name: durable, ...beginning, ...config };
      return unlessRefused(what, [], () => manager.consumers.add(stream.name, made));
    });
  }

  /** What there is of the stream; undefined when it is missing. */
  async streamState(stream: StreamContract): Promise<StreamState | undefined> {
    const manager = await this.manager();
    return api(`stream ${stream.name}`, async () => {
      const info = await orUndefined(STREAM_NOT_FOUND, () => manager.streams.info(stream.name));
      if (info === undefined) return undefined;
      const { first_seq: firstSequence, last_seq: lastSequence, bytes } = info.state;
      return { createdAt: new Date(info.created), firstSequence, lastSequence, bytes };
    });
  }

  /** How far the consumer is; undefined when it, or its stream, is missing. */
  async consumerState({ stream, durable }: ConsumerContract): Promise<ConsumerState | undefined> {
    const manager = await this.manager();
    return api(`consumer ${durable}`, async () => {
      const info = await orUndefined(STREAM_NOT_FOUND, () =>
        orUndefined(CONSUMER_NOT_FOUND, () => manager.consumers.info(stream.name, durable)),
      );
      if (info === undefined) return undefined;
      return { ackFloor: info.ack_floor.stream_seq, waiting: info.num_pending, inHand: info.num_ack_pending };
    });
  }

  /**
   * Overwrites and deletes one message, if the stream is the one that was made then; true when the message was there.
   * Throws when JetStream does not answer.
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

  /** Removes all messages up to a sequence; gives how many there were. Throws when JetStream does not answer. */
  async purgeUpTo(stream: StreamContract, sequence: number): Promise<number> {
    const manager = await this.manager();
    return api(`purging ${stream.name}`, async () => {
      return (await manager.streams.purge(stream.name, { seq: sequence + 1 })).purged;
    });
  }

  /** Throws a sentence when the stream is not there, or is other than its contract and NATS refuses the change. */
  async checkStream(stream: StreamContract): Promise<void> {
    const manager = await this.manager();
    const what = nameOf(stream);
    const refusal = this.refused.get(what);
    const info = await api(what, () => orUndefined(STREAM_NOT_FOUND, () => manager.streams.info(stream.name)));
    if (info === undefined) throw refusal ?? new StreamMissingError(stream.name);
    // Nobody may have asked for the stream since somebody mended it.
    if (refusal !== undefined && differing(info, this.configOf(stream)).length > 0) throw refusal;
  }

  /** Throws a sentence when NATS refused the consumer the last time that it was asked for. */
  checkConsumer(consumer: ConsumerContract): void {
    const refusal = this.refused.get(nameOf(consumer));
    if (refusal !== undefined) throw refusal;
  }

  /** Remembers what NATS refuses, until it does not any more. */
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
