import { type MaybePromise } from '../maybe-promise';

/** How often something happened in the current window, and when that window ends. */
export interface Count {
  readonly count: number;
  readonly resetMs: number;
}

/** What is counted. Purposes do not take space from each other in a store. */
export interface Purpose {
  readonly name: string;
  readonly windowMs: number;
  /**
   * What happens to a new name when memory is full. `share`: it shares a counter with others, so that nothing goes
   * uncounted. `evict`: the name whose window ends first is forgotten.
   */
  readonly whenFull: 'share' | 'evict';
}

/** Counts what happens per purpose and name, in windows that begin with the first hit. */
export interface CounterStore {
  /** Counts one more. */
  hit(purpose: Purpose, who: string): MaybePromise<Count>;
  /** Returns the count without adding to it. */
  look(purpose: Purpose, who: string): MaybePromise<Count>;
}
