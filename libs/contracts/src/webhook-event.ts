import { z } from 'zod';
import { filterText } from './filter-text';
import { flag } from './flag';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { givenTimeSchema, timeSchema } from './time';

/** Statuses of a ledger row; `lifecycle` defines what each means. */
export const eventStatuses = ['pending', 'processing', 'success', 'failed', 'invalid', 'ignored'] as const;

/** A ledger row as operators see it. */
export const webhookEventSchema = z.object({
  id: z.string(),
  webhookId: z.string(),
  eventType: z.string(),
  status: shownValue(eventStatuses),
  clerkUserId: z.string().nullable(),
  instanceId: z.string().nullable(),
  retryCount: z.number().int(),
  maxRetries: z.number().int(),
  nextRetryAt: timeSchema.nullable(),
  errorMessage: z.string().nullable(),
  publishNumber: z.number().int(),
  streamSequence: z.number().int().nullable(),
  correlationId: z.string(),
  occurredAt: timeSchema.nullable(),
  createdAt: timeSchema,
  publishedAt: timeSchema.nullable(),
  processedAt: timeSchema.nullable(),
});

/** A ledger row with all its details. `payload` contains no secrets; they were redacted before it was stored. */
export const webhookEventDetailSchema = webhookEventSchema.extend({
  errorDetails: z.unknown(),
  processedData: z.unknown(),
  sourceIp: z.string().nullable(),
  userAgent: z.string().nullable(),
  payload: z.unknown(),
});

/** A ledger row as operators see it. */
export type WebhookEvent = z.output<typeof webhookEventSchema>;

/** A ledger row with all its details. */
export type WebhookEventDetail = z.output<typeof webhookEventDetailSchema>;

/**
 * Lists ledger rows that match all given fields, newest first. `since` (inclusive) and `until` (exclusive) apply to the
 * recording time.
 */
export const listWebhookEvents = defineRequest({
  subject: 'webhook-ingest.events.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    status: z.enum(eventStatuses).optional(),
    type: filterText(120).optional(),
    clerkUserId: filterText(130).optional(),
    webhookId: filterText(256).optional().describe('Id of the delivery at Clerk, `msg_…`.'),
    errorCode: filterText(200).optional().describe('Code of the failure, such as `EMAIL_TAKEN`.'),
    correlationId: filterText(128).optional().describe('The id in the logs of every service that handled the event.'),
    dead: flag
      .optional()
      .describe(
        '`true`: failed events that are not retried any more, unless their payload was erased. `false`: others.',
      ),
    since: givenTimeSchema.optional().describe('Recorded at or after this time.'),
    until: givenTimeSchema.optional().describe('Recorded before this time.'),
  }),
  reply: pageOf(webhookEventSchema),
});

/** Shows one ledger row, by its id or its webhook id (`msg_…`). */
export const getWebhookEvent = defineRequest({
  subject: 'webhook-ingest.events.get',
  repeatable: true,
  request: z.object({ id: z.string().min(1).max(256) }),
  reply: webhookEventDetailSchema,
});
