import { ClerkRequestError } from '../errors';

/** Time limit of one request to Clerk, including its wait in the queue. Aborts the request when the time is over. */
export class Deadline {
  private readonly abort = new AbortController();
  private readonly passed: Promise<never>;
  private readonly at: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.at = performance.now() + ms;
    this.passed = new Promise((_resolve, reject) => {
      this.timer = setTimeout(() => {
        const error = new ClerkRequestError('network', {}, `Clerk did not answer within ${ms} ms.`);
        reject(error);
        this.abort.abort(error);
      }, ms);
    });
    this.passed.catch(() => undefined);
  }

  /** Aborted when the time is over, with the error that `race` throws. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get leftMs(): number {
    return Math.max(0, this.at - performance.now());
  }

  /** Starts the work and returns its result. @throws ClerkRequestError when the time is over first */
  race<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.signal.aborted) return this.passed;
    const result = work();
    result.catch(() => undefined);
    return Promise.race([result, this.passed]);
  }

  /** Must be called when the request is over: clears the timer. */
  end(): void {
    clearTimeout(this.timer);
  }
}
