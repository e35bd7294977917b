import { type MaybePromise } from '../maybe-promise';

/** Count in the current window, and milliseconds until the window ends. */
export interface Count {
  readonly count: number;
  readonly resetMs: number;
}

/** Purpose of a counter. Each purpose has its own space in a store. */
export interface Purpose {
  readonly name: string;
  readonly windowMs: number;
  /**
   * What happens to a new name when memory is full. `share`: the name shares a counter with other names, so that every
   * hit is counted. `evict`: the new name replaces the name whose window ends first.
   */
  readonly whenFull: 'share' | 'evict';
}

/** Counts per purpose and name, in fixed windows that begin with the first hit. */
export interface CounterStore {
  /** Adds one to the count of `who`, and returns the count. */
  hit(purpose: Purpose, who: string): MaybePromise<Count>;
  /** Returns the count of `who` without changing the count. */
  look(purpose: Purpose, who: string): MaybePromise<Count>;
}
