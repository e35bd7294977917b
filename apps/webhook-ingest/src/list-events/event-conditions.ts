import { type ParsedRequestOf, type listWebhookEvents } from '@gatehouse/contracts';
import { type ObjectLiteral } from 'typeorm';
import { searchText } from '../database/event-id';

/** Which events are listed. */
type EventFilter = Omit<ParsedRequestOf<typeof listWebhookEvents>, 'limit' | 'cursor'>;

/**
 * SQL conditions of a filter, on the ledger as `event`, with the values of their parameters. Filters that only failed
 * events can fulfil say so, because those have an index.
 */
export function eventConditions(filter: EventFilter): readonly (readonly [condition: string, values: ObjectLiteral])[] {
  const { status, type, clerkUserId, webhookId, errorCode, correlationId, dead, since, until } = filter;
  const conditions: (readonly [string, ObjectLiteral])[] = [];
  const add = (condition: string, values: ObjectLiteral = {}) => void conditions.push([condition, values]);
  if (status !== undefined) add('event.status = :status', { status });
  if (type !== undefined) add('event.eventType = :type', { type: searchText(type) });
  if (clerkUserId !== undefined) add('event.clerkUserId = :clerkUserId', { clerkUserId: searchText(clerkUserId) });
  if (webhookId !== undefined) add('event.webhookId = :webhookId', { webhookId: searchText(webhookId) });
  if (correlationId !== undefined) {
    add('event.correlationId = :correlationId', { correlationId: searchText(correlationId) });
  }
  if (errorCode !== undefined) {
    add(`event.status IN ('failed', 'ignored') AND event.errorDetails ->> 'code' = :errorCode`, {
      errorCode: searchText(errorCode),
    });
  }
  if (dead !== undefined) add(dead ? DEAD : `NOT (${DEAD})`);
  if (since !== undefined) add('event.createdAt >= :since::timestamptz', { since });
  if (until !== undefined) add('event.createdAt < :until::timestamptz', { until });
  return conditions;
}

/** As `GET /admin/stats` counts them. */
const DEAD = `event.status = 'failed' AND event.nextRetryAt IS NULL
  AND event.errorDetails ->> 'code' IS DISTINCT FROM 'erased'`;
