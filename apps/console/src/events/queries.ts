import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { gatehouse } from '../gatehouse';
import { type EventSearch, filtersOf } from './event-search';

/** Key of everything about events among the queries. */
export const EVENTS_KEY = ['events'] as const;

const PAGE = 100;
const EVERY_MS = 2_000;

/** A list of events, page by page. */
export const eventsQuery = (search: EventSearch) =>
  infiniteQueryOptions({
    // Without the time: with it, the list would begin anew while somebody scrolls.
    queryKey: [...EVENTS_KEY, 'list', search],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filtersOf(search, Date.now()), limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return (await gatehouse.GET('/admin/webhook-events', { params: { query }, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** One event, by its id or the id of its delivery. Read again while it is on its way. */
export const eventQuery = (id: string) =>
  queryOptions({
    queryKey: [...EVENTS_KEY, 'one', id],
    queryFn: async ({ signal }) =>
      (await gatehouse.GET('/admin/webhook-events/{id}', { params: { path: { id } }, signal })).data,
    refetchInterval: ({ state: { data } }) =>
      data?.status === 'pending' || data?.status === 'processing' ? EVERY_MS : false,
  });

/** What a redrive of an event would do. */
export const redrivePlanQuery = (id: string) =>
  queryOptions({
    queryKey: [...EVENTS_KEY, 'plan', id],
    queryFn: ({ signal }) => redriveOne(id, true, signal),
    // A plan is true only at its moment.
    ...{ staleTime: 0, gcTime: 0 },
  });

/** Redrives an event, or tells what that would do. */
export async function redriveOne(id: string, dryRun: boolean, signal?: AbortSignal) {
  const init = { params: { path: { id } }, body: { dryRun }, ...(signal && { signal }) };
  return (await gatehouse.POST('/admin/webhook-events/{id}/redrive', init)).data;
}
