import { type QuotaKind, type Reservation } from '@gatehouse/contracts';
import { type ReservationState } from '@gatehouse/lifecycle';

/** A row of `quota_reservations`, as {@link reservationColumns} read it. */
export interface ReservationRow {
  readonly id: string;
  readonly kind: QuotaKind;
  /** Month, such as `2026-11`. */
  readonly period: string;
  readonly state: ReservationState;
  readonly amount: number;
  readonly committed_amount: number | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly settled_at: Date | null;
  /** What the last change left of the quota. */
  readonly balance_after: number;
}

/** SQL for the columns of a {@link ReservationRow} from a table or function `r`. */
export const reservationColumns = `r.id, r.kind, to_char(r.period, 'YYYY-MM') AS period, r.state,
  r.amount::float8 AS amount, r.committed_amount::float8 AS committed_amount, r.created_at, r.expires_at, r.settled_at,
  r.balance_after::float8 AS balance_after`;

/** A reservation, as clients see it. */
export function reservationOf(row: ReservationRow): Reservation {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    amount: row.amount,
    committedAmount: row.committed_amount,
    period: row.period,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    remaining: row.balance_after,
  };
}
