const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/** Configuration of a JetStream stream, for nats-server 2.9 or later. Times in milliseconds, sizes in bytes. */
export interface StreamContract {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Absent: messages do not expire. */
  readonly maxAgeMs?: number;
  readonly maxBytes: number;
  readonly maxMessageBytes: number;
  readonly duplicateWindowMs: number;
  /** Older messages of the same subject are removed. Absent: no limit. */
  readonly maxMessagesPerSubject?: number;
  /** Absent: stored messages are not sent to anybody unasked. */
  readonly republish?: Republish;
}

/** Subjects under which NATS sends each stored message to every subscriber at once. */
export interface Republish {
  readonly source: string;
  /** May use wildcards of the source, as `{{wildcard(1)}}`. */
  readonly destination: string;
  /** Subject with which a reader subscribes to all republished messages. */
  readonly feed: string;
}

/** A stream whose messages are republished. */
export type FeedContract = StreamContract & { readonly republish: Republish };

/** Configuration of a durable pull consumer. `maxAckPending` limits unacknowledged messages over all replicas. */
export interface ConsumerContract {
  readonly stream: StreamContract;
  readonly durable: string;
  readonly ackWaitMs: number;
  readonly maxAckPending: number;
  readonly batchSize: number;
}

/** `max_payload` that the services need from NATS, in bytes: a webhook of 1 MiB with headers exceeds the default. */
export const requiredMaxPayload = 2 * 1024 * 1024;

/** Stream that carries verified events from webhook-ingest to user-sync. It can be rebuilt from the ledger. */
export const clerkEventsStream = {
  name: 'CLERK_EVENTS',
  subjects: ['clerk.events.>'],
  maxAgeMs: 7 * DAY_MS,
  maxBytes: 1024 ** 3,
  maxMessageBytes: requiredMaxPayload,
  duplicateWindowMs: 2 * MINUTE_MS,
} satisfies StreamContract;

/** Stream that carries outcomes from user-sync to webhook-ingest. */
export const clerkOutcomesStream: StreamContract = {
  name: 'CLERK_OUTCOMES',
  subjects: ['clerk.outcomes.>'],
  maxAgeMs: 7 * DAY_MS,
  maxBytes: 256 * 1024 ** 2,
  maxMessageBytes: 64 * 1024,
  duplicateWindowMs: 2 * MINUTE_MS,
};

/** The shortest duplicate window that nats-server accepts. Publishers of these streams send no message id. */
const SHORTEST_DUPLICATE_WINDOW_MS = 100;

/**
 * Stream with the newest message of every user, so that a reader gets the whole table and then follows it. user-sync
 * publishes it, and can rebuild it from its database.
 */
export const usersStream: FeedContract = {
  name: 'GATEHOUSE_USERS',
  subjects: ['users.changed.*'],
  maxBytes: 1024 ** 3,
  maxMessageBytes: 64 * 1024,
  duplicateWindowMs: SHORTEST_DUPLICATE_WINDOW_MS,
  maxMessagesPerSubject: 1,
  republish: { source: 'users.changed.*', destination: 'feed.users.{{wildcard(1)}}', feed: 'feed.users.*' },
};

/** Stream with the newest message of everything that users own. user-data publishes it, and can rebuild it. */
export const dataStream: FeedContract = {
  name: 'GATEHOUSE_DATA',
  subjects: ['data.changed.>'],
  maxBytes: 1024 ** 3,
  // A template of 40,000 characters, each of up to six bytes in JSON, must fit.
  maxMessageBytes: 512 * 1024,
  duplicateWindowMs: SHORTEST_DUPLICATE_WINDOW_MS,
  maxMessagesPerSubject: 1,
  republish: { source: 'data.changed.>', destination: 'feed.data.>', feed: 'feed.data.>' },
};

/** Consumer with which user-sync reads events. */
export const eventsConsumer: ConsumerContract = {
  stream: clerkEventsStream,
  durable: 'user-sync',
  ackWaitMs: 30_000,
  maxAckPending: 2_000,
  batchSize: 100,
};

/** Consumer with which webhook-ingest reads outcomes. */
export const outcomesConsumer: ConsumerContract = {
  stream: clerkOutcomesStream,
  durable: 'webhook-ingest',
  ackWaitMs: 30_000,
  // One message holds many outcomes.
  maxAckPending: 400,
  batchSize: 50,
};

/** Every stream. */
export const streams: readonly StreamContract[] = [clerkEventsStream, clerkOutcomesStream, usersStream, dataStream];

/** Every durable consumer. */
export const consumers: readonly ConsumerContract[] = [eventsConsumer, outcomesConsumer];

/** A stream or a consumer. */
export type BusContract = StreamContract | ConsumerContract;

/** Every stream, then every consumer. */
export const busContracts: readonly BusContract[] = [...streams, ...consumers];

/**
 * Prefix of the subjects under which a service calls JetStream's API. The streams are in a NATS account of their own,
 * and each service imports the calls that it may make. The imported calls cannot keep JetStream's prefix `$JS.API`,
 * because every account already has a system import of `$JS.API.>`. They get this prefix instead.
 */
export const jetStreamApiPrefix = '$JS.streams.API';

/** Subject of events of a type. */
export function eventSubject(type: string): string {
  return `clerk.events.${type}`;
}
