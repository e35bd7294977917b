import { z } from 'zod';

/** Names of the NATS headers that travel with an event; the body is the webhook's bytes, verbatim. */
export const eventHeaders = {
  webhookId: 'Gatehouse-Webhook-Id',
  eventType: 'Gatehouse-Event-Type',
  attempt: 'Gatehouse-Attempt',
  publishNumber: 'Gatehouse-Publish-Number',
  receivedAt: 'Gatehouse-Received-At',
  correlationId: 'Gatehouse-Correlation-Id',
} as const;

/**
 * What the headers of an event on `CLERK_EVENTS` say. `attempt` counts from 0 and equals the ledger row's
 * `retry_count` at publishing; `publishNumber` counts publishes of the row, from 1; `receivedAt` in milliseconds.
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

/** Header name to value, for publishing an event. */
export function encodeEventHeaders(metadata: EventMetadata): Record<string, string> {
  return Object.fromEntries(
    Object.entries(eventHeaders).map(([key, header]) => [header, String(metadata[key as keyof EventMetadata])]),
  );
}

/** Reads an event's metadata from its headers; throws a ZodError that names what is missing or odd. */
export function decodeEventHeaders(header: (name: string) => string | undefined): EventMetadata {
  return eventMetadataSchema.parse(
    Object.fromEntries(Object.entries(eventHeaders).map(([key, name]) => [key, header(name)])),
  );
}

/** `Nats-Msg-Id` of a publish: raised at each deliberate republish, or the duplicate window would swallow it. */
export function eventMessageId(webhookId: string, publishNumber: number): string {
  return `${webhookId}:${publishNumber}`;
}
