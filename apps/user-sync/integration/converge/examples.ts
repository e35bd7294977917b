import { type Step } from './history';

/** Found by this test: the holder of an unverified address is known only by an event in the far future. */
export const heldFromTheFuture = (
  [
    { kind: 'create', slot: 1, address: 0, verified: true, tick: 0 },
    { kind: 'create', slot: 2, address: 0, verified: true, tick: 0 },
    { kind: 'create', slot: 0, address: 0, verified: false, tick: 0 },
    { kind: 'corrupt', slot: 0, tick: 0 },
  ] as const
).map((operation): Step => ({
  operation,
  travel: [{ copies: operation.kind === 'corrupt' ? 1 : 0, late: 0, order: 0, ownIds: false, unproven: false }],
  crash: undefined,
  staleReads: 0,
}));

/** Found by this test: no further event comes of the user that waits for the address. */
export const givenUp = (
  [
    { kind: 'create', slot: 0, address: 0, verified: true, tick: 0 },
    { kind: 'create', slot: 1, address: 0, verified: false, tick: 0 },
    { kind: 'delete', slot: 0, tick: 0 },
  ] as const
).map((operation): Step => ({
  operation,
  travel: [{ copies: 1, late: 0, order: 0, ownIds: false, unproven: false }],
  crash: undefined,
  staleReads: 0,
}));

/** The answer of a write is lost before the role changes here. The value at Clerk must still be known as ours. */
export const answerLost = (
  [
    { kind: 'create', slot: 0, address: 0, verified: true, tick: 0 },
    { kind: 'write-back', slot: 0, lost: true, tick: 0 },
    { kind: 'role', slot: 0, role: 'developer', tick: 0 },
  ] as const
).map((operation): Step => ({
  operation,
  travel: [{ copies: 1, late: 0, order: 0, ownIds: false, unproven: false }],
  crash: undefined,
  staleReads: 0,
}));
