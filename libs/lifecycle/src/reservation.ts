/*
 * A reservation of a quota: an amount that is held until it is known how much is used, such as the tokens of a model
 * call.
 *
 * States:
 *
 *   open       holds its amount. The user cannot use that part of the quota otherwise.
 *   committed  holds nothing; what was really used counts as used. Final.
 *   released   holds nothing, and nothing was used. Final.
 *   expired    holds nothing, because it was neither committed nor released in time. It is not known yet what was used.
 *
 * Transitions:
 *
 *   open    → committed   a commit. It may be of more than was reserved.
 *   open    → released    a release.
 *   open    → expired     its time is over.
 *   expired → committed   a late commit. What was used was used, so it counts, and the balance may become negative.
 *   expired → released    a late release. It changes no balance.
 *
 * A repeated commit of the same amount, or a repeated release, changes nothing and has the same answer. Every other
 * change of a final state is rejected. All movements count in the month in which the reservation was made.
 */

/** State of a reservation. */
export type ReservationState = 'open' | 'committed' | 'released' | 'expired';

/** What happens to a reservation. */
export type ReservationInput =
  { readonly type: 'commit'; readonly amount: number } | { readonly type: 'release' } | { readonly type: 'expire' };

/** Fields of a reservation that the rules read. */
export interface ReservationRow {
  readonly state: ReservationState;
  /** What was reserved. */
  readonly amount: number;
  /** What was committed; null unless the state is `committed`. */
  readonly committedAmount: number | null;
}

/**
 * The effect of an input. `used` and `reserved`: what to add to the balance of the month. `repeated`: nothing changes,
 * and the answer is that of the earlier input. `rejected`: nothing changes, for the reason `because`.
 */
export type ReservationEffect =
  | { readonly to: ReservationState; readonly used: number; readonly reserved: number }
  | { readonly to: 'repeated' }
  | { readonly to: 'rejected'; readonly because: string };

type Move = ReservationState | 'repeated' | 'rejected';

/** The next state of a reservation, by its state and the input. */
export const reservationMoves: Record<ReservationState, Record<ReservationInput['type'], Move>> = {
  open: { commit: 'committed', release: 'released', expire: 'expired' },
  expired: { commit: 'committed', release: 'released', expire: 'repeated' },
  committed: { commit: 'repeated', release: 'rejected', expire: 'rejected' },
  released: { commit: 'rejected', release: 'repeated', expire: 'rejected' },
};

/** The states from which an input moves a reservation to another state. */
export function statesMovedBy(type: ReservationInput['type']): ReservationState[] {
  const states = Object.keys(reservationMoves) as ReservationState[];
  return states.filter((state) => !['repeated', 'rejected'].includes(reservationMoves[state][type]));
}

/** Returns the effect of an input on a reservation. Defined for every pair of state and input. */
export function settleReservation(row: ReservationRow, input: ReservationInput): ReservationEffect {
  const to = reservationMoves[row.state][input.type];
  if (to === 'rejected') return { to, because: `the reservation is ${row.state}` };
  if (to === 'repeated') {
    if (input.type !== 'commit' || input.amount === row.committedAmount) return { to };
    return { to: 'rejected', because: `the reservation is committed with the amount ${row.committedAmount}` };
  }
  const held = row.state === 'open' ? row.amount : 0;
  return { to, used: input.type === 'commit' ? input.amount : 0, reserved: 0 - held };
}
