import { CallbackFailedError } from './errors';

/** What waits for one key, or runs. */
interface Entry<Item> {
  waiting: Item | undefined;
  running: boolean;
  attempt: number;
  pause: NodeJS.Timeout | undefined;
  readonly since: number;
}

/** How a queue delivers. */
export interface QueueOptions<Item> {
  readonly deliver: (key: string, item: Item) => unknown;
  /** Called for each failed attempt. */
  readonly onFailure: (error: CallbackFailedError) => void;
  /** Maximum number of callbacks that run at the same time. */
  readonly concurrency: number;
  /** Maximum number of keys that wait or run. */
  readonly capacity: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Delivers items one at a time for each key. While a key waits, a newer item replaces the older one. A failed item is
 * tried again until it succeeds or a newer one replaces it.
 */
export class DeliveryQueue<Item> {
  /** In the order in which the keys began to wait. */
  private readonly entries = new Map<string, Entry<Item>>();
  private readonly startable = new Set<string>();
  private readonly barriers = new Set<{ keys: Set<string>; end: () => void }>();
  private readonly roomWaiters: (() => void)[] = [];
  private active = 0;
  private stopped = false;
  private onIdle: (() => void) | undefined;
  /** Number of items that were delivered. */
  delivered = 0;
  /** Number of attempts that failed. */
  failed = 0;

  constructor(private readonly options: QueueOptions<Item>) {}

  /** Number of keys that wait or run. */
  get size(): number {
    return this.entries.size;
  }

  /** When the oldest of the waiting keys began to wait, by `performance.now()`. */
  get since(): number | undefined {
    return this.entries.values().next().value?.since;
  }

  /** Adds an item. @returns false if the queue is full and nothing waits for the key yet */
  offer(key: string, item: Item): boolean {
    const entry = this.entries.get(key);
    if (entry !== undefined) {
      entry.waiting = item;
      return true;
    }
    if (this.entries.size >= this.options.capacity) return false;
    this.entries.set(key, {
      waiting: item,
      running: false,
      attempt: 0,
      pause: undefined,
      since: performance.now(),
    });
    this.startable.add(key);
    this.pump();
    return true;
  }

  /** Resolves when the queue may have room, or was stopped. Call `passRoom` afterwards. */
  room(): Promise<void> {
    if (this.stopped || this.entries.size < this.options.capacity) return Promise.resolve();
    return new Promise((resolve) => this.roomWaiters.push(resolve));
  }

  /** Resolves when nothing waits or runs any more for the keys of now. Never resolves after `stop`. */
  settled(): Promise<void> {
    if (this.entries.size === 0) return Promise.resolve();
    return new Promise((end) => this.barriers.add({ keys: new Set(this.entries.keys()), end }));
  }

  /** Drops what waits. Callbacks that run are not interrupted. */
  dropWaiting(): void {
    for (const [key, entry] of this.entries) {
      entry.waiting = undefined;
      if (!entry.running) this.remove(key, entry);
    }
  }

  /** Delivers nothing more. Resolves when no callback runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.dropWaiting();
    this.passRoom();
    if (this.active > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  private pump(): void {
    for (const key of this.startable) {
      if (this.active >= this.options.concurrency || this.stopped) return;
      this.startable.delete(key);
      this.start(key);
    }
  }

  private start(key: string): void {
    const entry = this.entries.get(key);
    const item = entry?.waiting;
    if (entry === undefined || item === undefined) return;
    entry.waiting = undefined;
    entry.running = true;
    this.active += 1;
    try {
      const returned = this.options.deliver(key, item);
      if (!isThenable(returned)) return this.succeed(key, entry);
      returned.then(
        () => {
          this.succeed(key, entry);
          this.pump();
        },
        (error: unknown) => {
          this.fail(key, entry, item, error);
          this.pump();
        },
      );
    } catch (error) {
      this.fail(key, entry, item, error);
    }
  }

  private succeed(key: string, entry: Entry<Item>): void {
    this.end(entry);
    this.delivered += 1;
    entry.attempt = 0;
    if (entry.waiting === undefined || this.stopped) this.remove(key, entry);
    else this.startable.add(key);
  }

  private fail(key: string, entry: Entry<Item>, item: Item, cause: unknown): void {
    this.end(entry);
    this.failed += 1;
    entry.attempt += 1;
    if (this.stopped) return this.remove(key, entry);
    entry.waiting ??= item;
    const limit = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (entry.attempt - 1));
    entry.pause = setTimeout(
      () => {
        entry.pause = undefined;
        this.startable.add(key);
        this.pump();
      },
      limit * (0.5 + Math.random() / 2),
    );
    this.options.onFailure(new CallbackFailedError(key, entry.attempt, { cause }));
  }

  private end(entry: Entry<Item>): void {
    entry.running = false;
    this.active -= 1;
    if (this.active === 0) this.onIdle?.();
  }

  private remove(key: string, entry: Entry<Item>): void {
    clearTimeout(entry.pause);
    this.startable.delete(key);
    this.entries.delete(key);
    for (const barrier of this.barriers) this.pass(barrier, key);
    this.passRoom();
  }

  private pass(barrier: { keys: Set<string>; end: () => void }, key: string): void {
    barrier.keys.delete(key);
    if (barrier.keys.size > 0 || this.stopped) return;
    this.barriers.delete(barrier);
    barrier.end();
  }

  /**
   * Wakes as many of those who wait for room as there is room for. Whoever did not use its room calls this for the next.
   */
  passRoom(): void {
    const free = this.stopped ? this.roomWaiters.length : this.options.capacity - this.entries.size;
    for (const resolve of this.roomWaiters.splice(0, free)) resolve();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
