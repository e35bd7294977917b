import { queryOptions } from '@tanstack/react-query';
import { gatehouse } from '../gatehouse';

/** Hours that the overview counts. */
export const HOURS = 24;
const EVERY_MS = 10_000;

/** Statistics of the event ledger over the last hours. */
export const statsQuery = queryOptions({
  queryKey: ['stats', HOURS],
  queryFn: async ({ signal }) =>
    (await gatehouse.GET('/admin/stats', { params: { query: { hours: HOURS } }, signal })).data,
  refetchInterval: EVERY_MS,
});

/** The last reconcile run; null before the first. */
export const lastReconcileQuery = queryOptions({
  queryKey: ['reconcile', 'last'],
  queryFn: async ({ signal }) => {
    const { data } = await gatehouse.GET('/admin/reconcile', { params: { query: { limit: 1 } }, signal });
    return data.items[0] ?? null;
  },
  refetchInterval: EVERY_MS,
});

/** The gateways and their leases. */
export const gatewaysQuery = queryOptions({
  queryKey: ['gateways'],
  queryFn: async ({ signal }) => (await gatehouse.GET('/admin/gateways', { signal })).data,
  refetchInterval: EVERY_MS,
});
