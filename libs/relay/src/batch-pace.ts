/**
 * Least time from the beginning of one batch to that of the next; milliseconds. The statements of a batch take PostgreSQL
 * nearly the same time for one row as for ten, so the changes of this time share them.
 */
const GATHER_MS = 25;

/**
 * Decides when the next batch of the outbox begins: when rows are known to wait, else after the time of a poll. A change
 * after a pause is relayed at once. Changes that follow each other more closely than 25 ms are relayed together.
 */
export class BatchPace {
  private woken = false;
  private beganAt = Number.NEGATIVE_INFINITY;
  private endWait = new AbortController();

  /**
   * @param pollMs longest wait without a wake
   * @param stopping ends every wait
   */
  constructor(
    private readonly pollMs: number,
    private readonly stopping: AbortSignal,
  ) {}

  /** Notes that a transaction that changed rows has committed. */
  wake(): void {
    this.woken = true;
    this.endWait.abort();
  }

  /** Notes that a batch begins. It has the rows of every wake before it. */
  begin(): void {
    this.woken = false;
    this.beganAt = performance.now();
  }

  /** Resolves when the next batch is due. */
  async next(): Promise<void> {
    if (!this.woken) {
      this.endWait = new AbortController();
      await sleep(this.pollMs, [this.endWait.signal, this.stopping]);
    }
    await sleep(this.beganAt + GATHER_MS - performance.now(), [this.stopping]);
  }
}

/** Resolves after `ms`, and when one of the signals is aborted. */
function sleep(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signals.some(({ aborted }) => aborted)) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener('abort', end);
  });
}
