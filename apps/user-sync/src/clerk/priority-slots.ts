import { type Priority, priorities } from './priority';

/**
 * Lets a bounded number of requests run at once, the most urgent first. What is less urgent may fill only a part of the
 * slots, so that a free one is left for a first login whatever else runs.
 */
export class PrioritySlots {
  private running = 0;
  private readonly waiting: Record<Priority, (() => void)[]> = {
    first_login: [],
    conflict: [],
    write_back: [],
    reconcile: [],
  };

  /** `limits`: how many may run at once, in all, for one more of the priority to begin. */
  constructor(private readonly limits: Readonly<Record<Priority, number>>) {}

  /** Does the work as soon as it may. */
  async run<Result>(priority: Priority, work: () => Promise<Result>): Promise<Result> {
    const turn = new Promise<void>((resolve) => this.waiting[priority].push(resolve));
    this.startNext();
    await turn;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.startNext();
    }
  }

  private startNext(): void {
    for (const priority of priorities) {
      while (this.running < this.limits[priority]) {
        const start = this.waiting[priority].shift();
        if (start === undefined) break;
        this.running += 1;
        start();
      }
    }
  }
}
