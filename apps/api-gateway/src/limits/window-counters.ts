import { hash, randomBytes } from 'node:crypto';
import { type Count, type Purpose } from './counter-store';

interface Window {
  count: number;
  readonly endsAt: number;
}

/** Number of shared counters, for names that get no counter of their own because memory is full. */
const SHARED = 1_024;
/** Maximum number of expired windows that one hit removes, so that no hit takes long. */
const MAX_REMOVED = 100;

/**
 * Counts in memory for one purpose and a bounded number of names. All windows have the same length, and the map
 * `windows` keeps the order of insertion. So its first window ends first.
 */
export class WindowCounters {
  private readonly windows = new Map<string, Window>();
  private readonly shared = new Map<string, Window>();
  /** Random, so that clients cannot choose a name that shares the counter of another name. */
  private readonly salt = randomBytes(16).toString('hex');

  constructor(
    private readonly purpose: Pick<Purpose, 'windowMs' | 'whenFull'>,
    private readonly maxNames: number,
    private readonly now: () => number,
  ) {}

  hit(name: string): Count {
    const now = this.now();
    const open = this.open(name, now);
    if (open !== undefined) {
      open.count++;
      return { count: open.count, resetMs: open.endsAt - now };
    }
    const window = { count: 1, endsAt: now + this.purpose.windowMs };
    this.windows.delete(name);
    if (this.makeRoom(now)) this.windows.set(name, window);
    else this.shared.set(this.sharedName(name), window);
    return { count: 1, resetMs: this.purpose.windowMs };
  }

  look(name: string): Count {
    const now = this.now();
    const open = this.open(name, now);
    return open === undefined
      ? { count: 0, resetMs: this.purpose.windowMs }
      : { count: open.count, resetMs: open.endsAt - now };
  }

  /** Deletes all counters. */
  clear(): void {
    this.windows.clear();
    this.shared.clear();
  }

  /** Number of counters. */
  get size(): number {
    return this.windows.size + this.shared.size;
  }

  /** Returns the open window of a name: its own, or else the one that it shares with other names. */
  private open(name: string, now: number): Window | undefined {
    const own = this.windows.get(name);
    if (own !== undefined && own.endsAt > now) return own;
    if (this.shared.size === 0) return undefined;
    const sharedName = this.sharedName(name);
    const shared = this.shared.get(sharedName);
    if (shared === undefined || shared.endsAt > now) return shared;
    this.shared.delete(sharedName);
    return undefined;
  }

  /** Makes room for one more name if possible; returns whether there is room. */
  private makeRoom(now: number): boolean {
    let removed = 0;
    for (const [name, { endsAt }] of this.windows) {
      if (endsAt > now || removed === MAX_REMOVED) break;
      this.windows.delete(name);
      removed++;
    }
    if (this.windows.size < this.maxNames) return true;
    if (this.purpose.whenFull === 'share') return false;
    const [first = ''] = this.windows.keys();
    return this.windows.delete(first);
  }

  private sharedName(name: string): string {
    return String(Number.parseInt(hash('sha256', this.salt + name, 'hex').slice(0, 8), 16) % SHARED);
  }
}
