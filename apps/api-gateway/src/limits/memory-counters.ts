import { type Count, type CounterStore, type Purpose } from './counter-store';
import { WindowCounters } from './window-counters';

/**
 * Maximum number of names per purpose. A name is a `who` of `CounterStore`, such as an address or a user id. 50 000
 * names take about 10 MB.
 */
const MAX_NAMES = 50_000;

/**
 * Counts in memory, for a single gateway: at most 50 000 names per purpose, and 1 024 counters that further names
 * share.
 */
export class MemoryCounters implements CounterStore {
  /** By name of a purpose: its counters. The map stays small, because purposes are constants of the code. */
  private readonly purposes = new Map<string, WindowCounters>();

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly maxNames: number = MAX_NAMES,
  ) {}

  hit(purpose: Purpose, who: string): Count {
    return this.of(purpose).hit(who);
  }

  look(purpose: Purpose, who: string): Count {
    return this.of(purpose).look(who);
  }

  /** Number of counters over all purposes. */
  get size(): number {
    return [...this.purposes.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private of(purpose: Purpose): WindowCounters {
    const known = this.purposes.get(purpose.name);
    if (known !== undefined) return known;
    const counters = new WindowCounters(purpose, this.maxNames, this.now);
    this.purposes.set(purpose.name, counters);
    return counters;
  }
}
