import { eventually } from '@gatehouse/testing';

const REQUESTS = 200;
const WORKERS = 8;

/** Sends requests all the time, several at once, and keeps the errors. */
export class RequestLoad {
  private readonly failures: unknown[] = [];
  private readonly workers: Promise<void>[];
  private sent = 0;
  private asking = 0;
  private paused = false;
  private stopped = false;

  /** `ask` gets a number that is different for each request. */
  constructor(private readonly ask: (number: number) => Promise<unknown>) {
    this.workers = Array.from({ length: WORKERS }, () => this.work());
  }

  /** Resolves when requests have been answered since the call. */
  async continues(): Promise<void> {
    const enough = this.sent + REQUESTS;
    await eventually(() => this.sent >= enough);
  }

  /** Sends no request while `work` runs. Waits first until every request has been answered. */
  async without(work: () => Promise<void>): Promise<void> {
    this.paused = true;
    try {
      await eventually(() => this.asking === 0);
      await work();
    } finally {
      this.paused = false;
    }
  }

  /** Ends the load; returns how many requests were sent, and the errors of those that failed. */
  async stop(): Promise<{ sent: number; failures: readonly unknown[] }> {
    this.stopped = true;
    await Promise.all(this.workers);
    return { sent: this.sent, failures: this.failures };
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      if (this.paused) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      const number = (this.sent += 1);
      this.asking += 1;
      await this.ask(number).catch((error: unknown) => this.failures.push(error));
      this.asking -= 1;
    }
  }
}
