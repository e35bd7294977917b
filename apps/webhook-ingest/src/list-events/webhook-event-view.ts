import { type WebhookEvent } from '@gatehouse/contracts';
import { type WebhookEventEntity } from '../database/webhook-event.entity';

/** Converts a row of the ledger to the form in which admins see it. */
export function toWebhookEvent(row: WebhookEventEntity): WebhookEvent {
  return {
    id: row.id,
    webhookId: row.webhookId,
    eventType: row.eventType,
    status: row.status,
    clerkUserId: row.clerkUserId,
    instanceId: row.instanceId,
    retryCount: row.retryCount,
    maxRetries: row.maxRetries,
    nextRetryAt: row.nextRetryAt?.toISOString() ?? null,
    errorMessage: row.errorMessage,
    publishNumber: row.publishNumber,
    streamSequence: row.streamSequence === null ? null : Number(row.streamSequence),
    correlationId: row.correlationId,
    occurredAt: row.occurredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    publishedAt: row.publishedAt?.toISOString() ?? null,
    processedAt: row.processedAt?.toISOString() ?? null,
  };
}
