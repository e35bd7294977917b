import { type Reservation } from '@gatehouse/contracts';
import { type ReservationInput, settleReservation as effectOf, statesMovedBy, tierLimits } from '@gatehouse/lifecycle';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type QuotaActing, type QuotaStatement } from './quota-statement';
import { type ReservationRow, reservationColumns, reservationOf } from './reservation-row';

/** What a client does with a reservation. */
export type Settling = Exclude<ReservationInput, { readonly type: 'expire' }>;

const SETTLE = `SELECT ${reservationColumns}
  FROM settle_quota_reservation($1::uuid, $2::uuid, $3, $4, $5::bigint, $6::bigint, $7::uuid, $8) AS r`;

/**
 * Commits or releases a reservation of tokens. The SQL function moves it if its state allows that, by the table of
 * `lifecycle`. The same table then gives the answer: on a reservation that is settled in this way, by this request or an
 * earlier one, the input is a repetition. Rejected as `not_found`, or as `conflict` with the reason.
 */
export function settleReservation(
  { owner, actor }: QuotaActing,
  id: string,
  input: Settling,
): QuotaStatement<Reservation> {
  const [to, committed] = input.type === 'commit' ? ['committed', input.amount] : ['released', null];
  const tierLimit = tierLimits[owner.tier].tokens;
  return {
    text: SETTLE,
    values: [owner.userId, id, to, statesMovedBy(input.type), committed, tierLimit, actor.userId, actor.requestId],
    read: ([row]: ReservationRow[]) => answer(row, input),
  };
}

function answer(row: ReservationRow | undefined, input: Settling): Reservation {
  if (row === undefined) throw new RequestRefusedError('not_found', 'There is no such reservation.');
  const effect = effectOf({ state: row.state, amount: row.amount, committedAmount: row.committed_amount }, input);
  if (effect.to === 'repeated') return reservationOf(row);
  const because = effect.to === 'rejected' ? effect.because : 'the total of the month would be too large to be counted';
  throw new RequestRefusedError('conflict', `The ${input.type} is not possible: ${because}.`);
}
