import { type Quota, type QuotaKind } from '@gatehouse/contracts';
import { tierLimits } from '@gatehouse/lifecycle';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type BalanceRow, balanceColumns, quotaOf, standingOf } from './balance-row';
import { type QuotaActing, type QuotaStatement } from './quota-statement';

/** What a request takes from a quota. */
export interface Taking {
  readonly kind: QuotaKind;
  readonly amount: number;
  /** Holds the amount for this time instead of consuming it; seconds. */
  readonly holdSeconds?: number;
  /** Id of the reservation or the upload. */
  readonly subjectId?: string;
}

/** A balance after `take_quota`. */
export interface TakenRow extends BalanceRow {
  /** False if the amount does not fit; then nothing was taken. */
  readonly accepted: boolean;
}

/** SQL: a call of `take_quota` with the parameters of {@link takeValues}. */
export const TAKE_QUOTA = 'take_quota($1::uuid, $2, $3::bigint, $4::bigint, $5::int, $6::uuid, $7::uuid, $8)';

/** SQL: the columns of a {@link TakenRow}, from `TAKE_QUOTA AS b`. */
export const takenColumns = `b.accepted, ${balanceColumns}`;

/** Parameters of {@link TAKE_QUOTA}. */
export function takeValues({ owner, actor }: QuotaActing, taking: Taking): unknown[] {
  const { kind, amount, holdSeconds = null, subjectId = null } = taking;
  const tierLimit = tierLimits[owner.tier][kind];
  return [owner.userId, kind, amount, tierLimit, holdSeconds, subjectId, actor.userId, actor.requestId];
}

/** Consumes an amount of a quota, all or nothing. Rejected as `quota_exceeded`. */
export function consumeQuota(acting: QuotaActing, taking: Taking): QuotaStatement<Quota> {
  return {
    text: `SELECT ${takenColumns} FROM ${TAKE_QUOTA} AS b`,
    values: takeValues(acting, taking),
    read: ([row]: TakenRow[]) => quotaOf(requireTaken(taking, row)),
  };
}

/**
 * The row, if the amount was taken.
 * @throws RequestRefusedError `quota_exceeded` otherwise, with what is left
 */
export function requireTaken<Row extends TakenRow>({ kind, amount }: Taking, row: Row | undefined): Row {
  if (row === undefined) throw new RequestRefusedError('internal', 'take_quota returned no row');
  if (row.accepted) return row;
  const { quota, retryAfterMs } = standingOf(kind, row);
  throw new RequestRefusedError(
    'quota_exceeded',
    `The request needs ${amount} ${kind}, and ${quota.remaining ?? 0} are left until the quota renews at ${quota.renewsAt}.`,
    { retryAfterMs, quota },
  );
}
