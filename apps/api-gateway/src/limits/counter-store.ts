import { type MaybePromise } from '../maybe-promise';

/** Count in the current window, and milliseconds until the window ends. */
export interface Count {
  readonly count: number;
  readonly resetMs: number;
}

/** What is counted, such as requests of a rate class. Each purpose has its own counters in a store. */
export interface Purpose {
  readonly name: string;
  readonly windowMs: number;
  /**
   * How a caller without a counter is counted while the in-memory counters of this purpose are full. `share`: the
   * caller shares a counter with others, so that every hit is counted. `evict`: the caller gets the place of the
   * counter whose window ends first.
   */
  readonly whenFull: 'share' | 'evict';
}

/**
 * Counts hits per purpose and caller (`who`), in fixed windows. A window begins with the first hit after the last
 * window.
 */
export interface CounterStore {
  /** Adds one to the count of `who`, and returns the count. */
  hit(purpose: Purpose, who: string): MaybePromise<Count>;
  /** Returns the count of `who` without changing the count. */
  look(purpose: Purpose, who: string): MaybePromise<Count>;
}
