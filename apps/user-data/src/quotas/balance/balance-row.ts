import { type Quota, type QuotaKind, type QuotaStanding } from '@gatehouse/contracts';
import { remainingOf, renewalOf } from '@gatehouse/lifecycle';

/** A balance, as the SQL functions of quotas return it. `total_limit` is the limit with what was granted. */
export interface BalanceRow {
  /** The database's time, which chose `period`. */
  readonly now: Date;
  /** Month, such as `2026-11`. */
  readonly period: string;
  readonly total_limit: number;
  readonly used: number;
  readonly reserved: number;
}

/**
 * SQL for the columns of a {@link BalanceRow} from a table or function `b`. No total exceeds what `float8` holds exactly,
 * and pg returns `bigint` as text.
 */
export const balanceColumns = `b.now, to_char(b.period, 'YYYY-MM') AS period, b.total_limit::float8 AS total_limit,
  b.used::float8 AS used, b.reserved::float8 AS reserved`;

/** The state of a quota, as clients see it. */
export function quotaOf({ period, total_limit: limit, used, reserved }: BalanceRow): Quota {
  const remaining = remainingOf({ limit, granted: 0, used, reserved });
  return { period, limit, used, reserved, remaining, renewsAt: renewalOf(period) };
}

/** What a rejection tells about a quota, and after how many milliseconds it renews by the database's clock. */
export function standingOf(
  kind: QuotaKind,
  row: BalanceRow,
): { readonly quota: QuotaStanding; readonly retryAfterMs: number } {
  const { limit, remaining, renewsAt } = quotaOf(row);
  const retryAfterMs = Math.max(Date.parse(renewsAt) - row.now.getTime(), 0);
  return { quota: { kind, limit, remaining, renewsAt }, retryAfterMs };
}
