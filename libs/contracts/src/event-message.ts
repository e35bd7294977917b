import { z } from 'zod';

/**
 * NATS headers of an event. The body of the message is the stored body of the event: the bytes of the delivery,
 * redacted if they contained a secret.
 */
export const eventHeaders = {
  webhookId: 'Gatehouse-Webhook-Id',
  eventType: 'Gatehouse-Event-Type',
  attempt: 'Gatehouse-Attempt',
  publishNumber: 'Gatehouse-Publish-Number',
  receivedAt: 'Gatehouse-Received-At',
  correlationId: 'Gatehouse-Correlation-Id',
} as const;

/**
 * Headers of an event on `CLERK_EVENTS`. `attempt` counts from 0: `retry_count` of the ledger row at the time of the
 * publish. `publishNumber` counts publishes of the row from 1. `receivedAt` is in milliseconds since the epoch.
 */
export const eventMetadataSchema = z.object({
  webhookId: z.string().min(1).max(256),
  eventType: z.string().min(1).max(120),
  attempt: z.coerce.number().int().nonnegative(),
  publishNumber: z.coerce.number().int().positive(),
  receivedAt: z.coerce.number().int().nonnegative(),
  correlationId: z.string().min(1).max(128),
});

/** The metadata of one published event. */
export type EventMetadata = z.output<typeof eventMetadataSchema>;

/** Headers for publishing an event, by name. */
export function encodeEventHeaders(metadata: EventMetadata): Record<string, string> {
  return Object.fromEntries(
    Object.entries(eventHeaders).map(([key, header]) => [header, String(metadata[key as keyof EventMetadata])]),
  );
}

/**
 * Reads the metadata of an event from its headers.
 * @throws z.ZodError with the headers that are missing or invalid
 */
export function decodeEventHeaders(header: (name: string) => string | undefined): EventMetadata {
  return eventMetadataSchema.parse(
    Object.fromEntries(Object.entries(eventHeaders).map(([key, name]) => [key, header(name)])),
  );
}

/**
 * `Nats-Msg-Id` of a publish. Each deliberate republish has a new id, because JetStream drops a message with a known id
 * as a duplicate.
 */
export function eventMessageId(webhookId: string, publishNumber: number): string {
  return `${webhookId}:${publishNumber}`;
}
