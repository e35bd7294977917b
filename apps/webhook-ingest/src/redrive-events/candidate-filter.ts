import { type RedriveFilter } from '@gatehouse/contracts';
import { isLedgerId, searchText } from '../database/event-id';

/**
 * SQL conditions of a filter, on `webhook_events AS event`. `value` adds a parameter to the query and returns its
 * placeholder.
 */
export function filterConditions(filter: RedriveFilter, value: (parameter: unknown) => string): string[] {
  const { ids, status, type, errorCode, decision, clerkUserId, since, until } = filter;
  const where: string[] = [];
  if (ids !== undefined) {
    const ledgerIds = value(ids.filter(isLedgerId));
    const webhookIds = value(ids.map(searchText));
    where.push(`(event.id = ANY (${ledgerIds}::bigint[]) OR webhook_id = ANY (${webhookIds}::text[]))`);
  }
  if (status !== undefined) where.push(`status = ${value(status)}`);
  else if (decision !== undefined) where.push(`status = 'ignored'`);
  else if (ids === undefined) where.push(`status = 'failed'`);
  if (type !== undefined) where.push(`event_type = ${value(searchText(type))}`);
  if (errorCode !== undefined) where.push(`error_details ->> 'code' = ${value(searchText(errorCode))}`);
  if (decision !== undefined) where.push(`processed_data ->> 'decision' = ${value(searchText(decision))}`);
  if (clerkUserId !== undefined) where.push(`clerk_user_id = ${value(searchText(clerkUserId))}`);
  if (since !== undefined) where.push(`event.created_at >= ${value(since)}::timestamptz`);
  if (until !== undefined) where.push(`event.created_at < ${value(until)}::timestamptz`);
  return where;
}
