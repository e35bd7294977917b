import {
  reservationMoves,
  settleReservation,
  statesMovedBy,
  type ReservationInput,
  type ReservationRow,
  type ReservationState,
} from './reservation';

const states = Object.keys(reservationMoves) as ReservationState[];
const inputs: ReservationInput[] = [{ type: 'commit', amount: 7 }, { type: 'release' }, { type: 'expire' }];

function row(
  state: ReservationState,
  committedAmount: number | null = state === 'committed' ? 7 : null,
): ReservationRow {
  return { state, amount: 10, committedAmount };
}

describe('settleReservation', () => {
  it.each([
    ['open', 'commit', { to: 'committed', used: 7, reserved: -10 }],
    ['open', 'release', { to: 'released', used: 0, reserved: -10 }],
    ['open', 'expire', { to: 'expired', used: 0, reserved: -10 }],
    ['expired', 'commit', { to: 'committed', used: 7, reserved: 0 }],
    ['expired', 'release', { to: 'released', used: 0, reserved: 0 }],
    ['expired', 'expire', { to: 'repeated' }],
    ['committed', 'commit', { to: 'repeated' }],
    ['committed', 'release', { to: 'rejected', because: 'the reservation is committed' }],
    ['committed', 'expire', { to: 'rejected', because: 'the reservation is committed' }],
    ['released', 'commit', { to: 'rejected', because: 'the reservation is released' }],
    ['released', 'release', { to: 'repeated' }],
    ['released', 'expire', { to: 'rejected', because: 'the reservation is released' }],
  ] as const)('a reservation that is %s answers to %s as documented', (state, type, effect) => {
    const input = inputs.find((candidate) => candidate.type === type);
    expect(input).toBeDefined();
    expect(settleReservation(row(state), input!)).toEqual(effect);
  });

  it('rejects a second commit of another amount, and names the amount of the first', () => {
    expect(settleReservation(row('committed', 8), { type: 'commit', amount: 7 })).toEqual({
      to: 'rejected',
      because: 'the reservation is committed with the amount 8',
    });
  });

  it('counts a commit of more than was reserved in full', () => {
    expect(settleReservation(row('open'), { type: 'commit', amount: 25 })).toMatchObject({ used: 25, reserved: -10 });
  });
});

describe('the table of moves', () => {
  it('reaches every state from open', () => {
    const reached = new Set<ReservationState>(['open']);
    for (const state of reached) {
      for (const to of Object.values(reservationMoves[state])) {
        if (to !== 'repeated' && to !== 'rejected') reached.add(to);
      }
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('lets nothing leave committed and released', () => {
    for (const type of ['commit', 'release', 'expire'] as const) {
      expect(statesMovedBy(type)).not.toContain('committed');
      expect(statesMovedBy(type)).not.toContain('released');
    }
  });

  it('never returns a held amount twice', () => {
    const held = (state: ReservationState) => (state === 'open' ? 10 : 0);
    for (const state of states) {
      for (const input of inputs) {
        const effect = settleReservation(row(state), input);
        if ('used' in effect) expect(held(state) + effect.reserved).toBe(held(effect.to));
      }
    }
  });
});
