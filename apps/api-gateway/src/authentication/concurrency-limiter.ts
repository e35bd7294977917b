import { RequestRefusedError } from '@gatehouse/messaging';

interface KeyQueue {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Maximum number of callers that wait in one limiter, whatever their `key`. Bounds memory while a service is slow. */
const MAX_WAITING = 1_000;

/**
 * Maximum time that a caller waits for its turn; milliseconds. Equals the timeout of a request to a service. A service
 * that keeps callers waiting this long is too slow: the caller's own request would probably time out too. So the caller
 * gets its 503 now, not 5 s later.
 */
const MAX_WAIT_MS = 5_000;

/**
 * Limits how much work runs at the same time per key, such as an address. Further work waits in order of arrival, for
 * at most five seconds.
 */
export class ConcurrencyLimiter {
  private readonly queues = new Map<string, KeyQueue>();
  private waiting = 0;

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaitMs = MAX_WAIT_MS,
  ) {}

  /**
   * Runs `work` when the limit of `key` allows it, and returns the result.
   * @throws RequestRefusedError `unavailable` if too many callers wait, or if this caller waited too long
   */
  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.queues.get(key) ?? { running: 0, waiting: new Set() };
    this.queues.set(key, queue);
    if (queue.running < this.maxRunning) queue.running += 1;
    else await this.waitForTurn(queue);
    try {
      return await work();
    } finally {
      this.finish(key, queue);
    }
  }

  private async waitForTurn(queue: KeyQueue): Promise<void> {
    if (this.waiting >= MAX_WAITING) {
      throw new RequestRefusedError(
        'unavailable',
        'The gateway has reached its limit of waiting callers. Retry later.',
      );
    }
    this.waiting += 1;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        queue.waiting.add(resolve);
        timer = setTimeout(() => {
          queue.waiting.delete(resolve);
          reject(new RequestRefusedError('unavailable', 'The caller waited too long for its turn. Retry later.'));
        }, this.maxWaitMs);
      });
    } finally {
      clearTimeout(timer);
      this.waiting -= 1;
    }
  }

  /** Passes the slot to the next waiting caller; frees the slot if no caller waits. */
  private finish(key: string, queue: KeyQueue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      queue.waiting.delete(next);
      return next();
    }
    queue.running -= 1;
    if (queue.running === 0) this.queues.delete(key);
  }
}
