import fc from 'fast-check';

/** One change at Clerk. `place` chooses among the users who exist when the change is made. */
export interface PlannedChange {
  readonly kind: 'rename' | 'ban' | 'create' | 'remove';
  readonly place: number;
}

/** A fault, and what goes on at Clerk meanwhile. Times are in milliseconds. */
export interface PlannedRound<Fault extends string> {
  readonly fault: Fault;
  readonly changes: readonly PlannedChange[];
  /** Changes that a backup of the stream lacks. */
  readonly unsaved: readonly PlannedChange[];
  /** Time from the first change to the fault. */
  readonly beginsAfter: number;
  /** Part of the longest time that the fault lasts. */
  readonly lasts: number;
}

const change: fc.Arbitrary<PlannedChange> = fc.record({
  kind: fc.oneof(
    { weight: 7, arbitrary: fc.constant('rename' as const) },
    { weight: 3, arbitrary: fc.constantFrom('ban' as const, 'create' as const, 'remove' as const) },
  ),
  place: fc.nat(),
});

/** Chooses rounds of faults. The same seed gives the same rounds. */
export function planRounds<Fault extends string>(
  seed: number,
  count: number,
  faults: readonly Fault[],
): PlannedRound<Fault>[] {
  const round = fc.record({
    fault: fc.constantFrom(...faults),
    changes: fc.array(change, { minLength: 15, maxLength: 15 }),
    unsaved: fc.array(change, { minLength: 3, maxLength: 3 }),
    beginsAfter: fc.nat({ max: 500 }),
    lasts: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  return fc.sample(round, { seed, numRuns: count });
}
