/**
 * Every table with rows of users, and a column that tells the rows of one user apart. An erasure deletes in this order:
 * balances before reservations, so that it waits for a transaction that is making a reservation, and then sees it. The
 * opposite order would leave a reservation without a balance. Transactions that settle a reservation lock in the
 * opposite order, so one of the two may have to be repeated. The audit log is kept: it is evidence of what
 * was done, and its retention ends it.
 */
export const userTables = {
  quota_periods: '(kind, period)',
  quota_reservations: 'id',
  quota_movements: 'id',
  limit_overrides: 'kind',
  uploads: 'id',
  upload_totals: 'user_id',
  resource_counts: 'kind',
  items: 'id',
  templates: 'id',
  assistant_sessions: 'id',
  idempotency_keys: 'id',
} as const;
