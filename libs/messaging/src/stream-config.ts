import { type ConsumerContract, type StreamContract } from '@gatehouse/contracts';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** JetStream's configuration of a stream with this contract, without its number of replicas. */
export function streamConfig(stream: StreamContract) {
  const { republish } = stream;
  return {
    name: stream.name,
    subjects: [...stream.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    // 0 and -1: no limit.
    max_age: nanos(stream.maxAgeMs ?? 0),
    max_msgs_per_subject: stream.maxMessagesPerSubject ?? -1,
    max_bytes: stream.maxBytes,
    max_msg_size: stream.maxMessageBytes,
    duplicate_window: nanos(stream.duplicateWindowMs),
    republish: republish && { src: republish.source, dest: republish.destination },
  } satisfies Partial<Record<keyof StreamConfig, unknown>>;
}

/** JetStream's configuration of a consumer with this contract. */
export function consumerConfig({ ackWaitMs, maxAckPending }: ConsumerContract) {
  return {
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
  } satisfies Partial<Record<keyof ConsumerConfig, unknown>>;
}

/**
 * Settings with which a consumer is created in addition to `consumerConfig`. NATS refuses to update them, and they have
 * no effect on an existing consumer.
 */
export function consumerCreation({ durable }: ConsumerContract) {
  return { durable_name: durable, deliver_policy: DeliverPolicy.All, replay_policy: ReplayPolicy.Instant };
}

/** How a stream or consumer differs from its contract. */
export interface Difference {
  /** Names of the settings that differ; empty when none does. */
  readonly fields: readonly string[];
  /**
   * Whether a service cannot work with the stream or consumer. True if the stream does not store a subject of the
   * contract or acknowledges nothing, or if the consumer differs in a `VITAL` setting.
   */
  readonly unusable: boolean;
}

/** Compares a stream with its contract. */
export function streamDifference(present: Partial<StreamConfig>, contract: StreamContract): Difference {
  const missing = contract.subjects.some((subject) => present.subjects?.includes(subject) !== true);
  // Without acknowledgements, every publish would time out.
  const silent = present.no_ack === true;
  const fields = [...differing(present, streamConfig(contract)), ...(silent ? ['no_ack'] : [])];
  return { fields, unusable: missing || silent };
}

/**
 * Settings that must match the contract. If one differs, the consumer may skip messages, push them instead of waiting
 * for a pull, or not redeliver unacknowledged ones.
 */
const VITAL = ['ack_policy', 'deliver_subject', 'filter_subject', 'filter_subjects'];

/** Compares a consumer with its contract. */
export function consumerDifference(present: Partial<ConsumerConfig>, contract: ConsumerContract): Difference {
  const fields = differing(present, consumerConfig(contract));
  return { fields, unusable: fields.some((field) => VITAL.includes(field)) };
}

function differing(present: object, wanted: object): string[] {
  const found = new Map(Object.entries(present));
  const same = (key: string, value: unknown) => JSON.stringify(found.get(key)) === JSON.stringify(value);
  return Object.entries(wanted).flatMap(([key, value]) => (same(key, value) ? [] : [key]));
}
