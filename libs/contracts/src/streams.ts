const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/** A JetStream stream, in terms that every nats-server from 2.9 on knows. Times in milliseconds, sizes in bytes. */
export interface StreamContract {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly maxMessageBytes: number;
  readonly duplicateWindowMs: number;
}

/** A durable pull consumer of a stream. `maxAckPending` bounds what is in hand over all replicas. */
export interface ConsumerContract {
  readonly stream: StreamContract;
  readonly durable: string;
  readonly ackWaitMs: number;
  readonly maxAckPending: number;
  readonly batchSize: number;
}

/** NATS' `max_payload` that the services need: a 1 MiB webhook and its headers do not fit into the default. */
export const requiredMaxPayload = 2 * 1024 * 1024;

/** Clerk's verified events, on their way from the ledger to user-sync. Rebuildable from the ledger. */
export const clerkEventsStream: StreamContract = {
  name: 'CLERK_EVENTS',
  subjects: ['clerk.events.>'],
  maxAgeMs: 7 * DAY_MS,
  maxBytes: 1024 ** 3,
  maxMessageBytes: requiredMaxPayload,
  duplicateWindowMs: 2 * MINUTE_MS,
};

/** What became of the events, on its way from user-sync back to the ledger. */
export const clerkOutcomesStream: StreamContract = {
  name: 'CLERK_OUTCOMES',
  subjects: ['clerk.outcomes.>'],
  maxAgeMs: 7 * DAY_MS,
  maxBytes: 256 * 1024 ** 2,
  maxMessageBytes: 64 * 1024,
  duplicateWindowMs: 2 * MINUTE_MS,
};

/** user-sync's consumer of the events. */
export const eventsConsumer: ConsumerContract = {
  stream: clerkEventsStream,
  durable: 'user-sync',
  ackWaitMs: 30_000,
  maxAckPending: 2_000,
  batchSize: 100,
};

/** webhook-ingest's consumer of the outcomes. */
export const outcomesConsumer: ConsumerContract = {
  stream: clerkOutcomesStream,
  durable: 'webhook-ingest',
  ackWaitMs: 30_000,
  // A message holds many outcomes.
  maxAckPending: 400,
  batchSize: 50,
};

/** The subject of an event of this type. */
export function eventSubject(type: string): string {
  return `clerk.events.${type}`;
}
