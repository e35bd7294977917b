import { type Role } from '@gatehouse/contracts';
import fc from 'fast-check';
import { type Naming } from './clerk-person';
import { companyValues } from './company-metadata-model';
import { type Local, type Operation } from './operation';
import { type CrashPoint } from './sync-core';

const slot = fc.nat({ max: 3 });
const tick = fc.constantFrom(0, 1, 1, 5);
const address = fc.nat({ max: 7 });
/** Role in the company's metadata of a new user. */
const seed = fc.constantFrom(null, null, 'developer', 'moderator', 'admin');
const role = fc.constantFrom<Role>('user', 'developer');
/** Whether an address is verified; mostly true. */
export const verified = fc.constantFrom(true, true, true, false);

const operationsWith = (
  verified: fc.Arbitrary<boolean>,
  lockTick: fc.Arbitrary<number>,
): fc.WeightedArbitrary<Operation>[] => [
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('create' as const), slot, address, verified, tick, seed }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), slot, name: fc.nat({ max: 9 }), tick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('email', 'phone'), slot, address, verified, tick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('swap' as const),
      of: fc.constantFrom('email', 'phone'),
      slot,
      other: slot,
      tick,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('ban', 'deprovision', 'touch', 'session'), slot, tick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lock' as const),
      slot,
      forMs: fc.constantFrom(1, 5, 20, null),
      tick: lockTick,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unlock' as const), slot, tick: lockTick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('primary' as const),
      of: fc.constantFrom('email', 'phone'),
      slot,
      named: fc.constantFrom<Naming>('primary', 'none', 'dangling'),
      tick,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('login' as const), slot, tick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('metadata' as const),
      slot,
      name: fc.constantFrom('role', 'role', 'dbId'),
      value: fc.nat({ max: companyValues.length - 1 }),
      tick,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('role' as const), slot, role, tick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write-back' as const), slot, lost: fc.boolean(), tick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), slot, tick }) },
];

/** How an event travels: how often, how many steps late, and in which order within its step. */
const travelOf = (copies: fc.Arbitrary<number>) =>
  fc.record({
    copies,
    late: fc.constantFrom(0, 0, 0, 1, 3, 8),
    order: fc.nat({ max: 99 }),
    /** Whether duplicates have their own webhook ids, which makes them other events. */
    ownIds: fc.boolean(),
    /** Whether the event has no instance id, so that Clerk is asked before it creates a user. */
    unproven: fc.constantFrom(false, false, true),
  });

/** How one event travels. */
export type Travel = ReturnType<typeof travelOf> extends fc.Arbitrary<infer Value> ? Value : never;

/** One step of a history: an operation, how its events travel, and what fails meanwhile. */
export interface Step {
  readonly operation: Operation;
  readonly travel: readonly Travel[];
  readonly crash: CrashPoint | undefined;
  readonly staleReads: number;
}

function historyOf(
  operations: fc.Arbitrary<Operation>,
  copies: fc.Arbitrary<number>,
  staleReads: fc.Arbitrary<number>,
): fc.Arbitrary<Step[]> {
  const crash = fc.constantFrom<CrashPoint | undefined>(undefined, undefined, undefined, 'before', 'after');
  const travel = fc.array(travelOf(copies), { minLength: 3, maxLength: 3 });
  const step = fc.record<Step>({ operation: operations, travel, crash, staleReads });
  return fc.array(step, { minLength: 6, maxLength: 20, size: 'max' });
}

/** Histories in which events are lost and Clerk's answers can be stale. */
export const anyHistory = historyOf(
  fc.oneof(...operationsWith(verified, tick), {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('corrupt' as const), slot, tick }),
  }),
  fc.constantFrom(0, 1, 1, 1, 2),
  fc.constantFrom(0, 0, 0, 1),
);
/**
 * Histories in which every event arrives and Clerk's answers are current. Lockouts are never in the same millisecond: they
 * are not content, so two of them could not be ordered by events alone.
 */
export const completeHistory = (verified: fc.Arbitrary<boolean>) =>
  historyOf(fc.oneof(...operationsWith(verified, fc.constantFrom(1, 5))), fc.constantFrom(1, 1, 1, 2), fc.constant(0));
const held = fc.record({ address, verified });
/** Local users that exist before the history. */
export const locals = fc.array(fc.record<Local>({ email: held, phone: fc.option(held) }), { maxLength: 2 });
