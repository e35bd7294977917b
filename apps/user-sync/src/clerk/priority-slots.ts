import { type Priority, priorities } from './priority';

/**
 * Limits concurrent requests; the most urgent starts first. Less urgent requests may use only some of the slots, so
 * that the others stay free for first logins.
 */
export class PrioritySlots {
  private running = 0;
  private readonly waiting: Record<Priority, (() => void)[]> = {
    first_login: [],
    conflict: [],
    write_back: [],
    reconcile: [],
  };

  /**
   * `limits`, by priority: a request starts only while fewer requests than this, of all priorities together, are
   * running.
   */
  constructor(private readonly limits: Readonly<Record<Priority, number>>) {}

  /** Runs the work as soon as a slot is free. */
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
