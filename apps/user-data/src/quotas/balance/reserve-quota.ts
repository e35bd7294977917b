import { randomUUID } from 'node:crypto';
import { type Reservation } from '@gatehouse/contracts';
import { quotaOf } from './balance-row';
import { type QuotaActing, type QuotaStatement } from './quota-statement';
import { TAKE_QUOTA, type Taking, type TakenRow, requireTaken, takeValues, takenColumns } from './take-quota';

/** Reserves an amount of a quota for `holdSeconds`, all or nothing. Rejected as `quota_exceeded`. */
export function reserveQuota(
  acting: QuotaActing,
  given: Pick<Taking, 'kind' | 'amount'> & { readonly holdSeconds: number },
): QuotaStatement<Reservation> {
  const { kind, amount, holdSeconds } = given;
  const id = randomUUID();
  const taking = { ...given, subjectId: id };
  return {
    text: `SELECT ${takenColumns} FROM ${TAKE_QUOTA} AS b`,
    values: takeValues(acting, taking),
    read: ([row]: TakenRow[]) => {
      const taken = requireTaken(taking, row);
      const { period, remaining } = quotaOf(taken);
      const createdAt = taken.now.toISOString();
      const expiresAt = new Date(taken.now.getTime() + holdSeconds * 1_000).toISOString();
      const unsettled = { state: 'open', committedAmount: null, settledAt: null } as const;
      return { id, kind, amount, period, createdAt, expiresAt, remaining, ...unsettled };
    },
  };
}
