import { LRUCache } from 'lru-cache';
import { type MaybePromise } from '../maybe-promise';

/** How often something happened in the window that is running, and when that ends. */
export interface Count {
  readonly count: number;
  readonly resetMs: number;
}

/** Counts what happens per key, in windows that begin with the first. */
export interface CounterStore {
  /** Counts one more. */
  hit(key: string, windowMs: number): MaybePromise<Count>;
  /** Looks without counting. */
  look(key: string, windowMs: number): MaybePromise<Count>;
}

const MAX_KEYS = 100_000;

/** Counts in memory, for at most 100 000 keys: for a gateway that is alone. */
export class MemoryCounters implements CounterStore {
  private readonly windows: LRUCache<string, { count: number; readonly endsAt: number }>;

  constructor(
    private readonly now: () => number = () => performance.now(),
    max: number = MAX_KEYS,
  ) {
    this.windows = new LRUCache({ max });
  }

  hit(key: string, windowMs: number): Count {
    const now = this.now();
    const open = this.windows.get(key);
    if (open === undefined || open.endsAt <= now) {
      this.windows.set(key, { count: 1, endsAt: now + windowMs });
      return { count: 1, resetMs: windowMs };
    }
    open.count++;
    return { count: open.count, resetMs: open.endsAt - now };
  }

  look(key: string, windowMs: number): Count {
    const now = this.now();
    const open = this.windows.get(key);
    if (open === undefined || open.endsAt <= now) return { count: 0, resetMs: windowMs };
    return { count: open.count, resetMs: open.endsAt - now };
  }

  /** Forgets all that was counted. */
  clear(): void {
    this.windows.clear();
  }

  get size(): number {
    return this.windows.size;
  }
}
