import { setTimeout } from 'node:timers/promises';
import { eventually } from '@gatehouse/local-stack';

const INTERVAL_MS = 200;

/** Work that is repeated until `stop`, except while a test holds it. Failures are ignored. */
export class RepeatedWork {
  private held = false;
  private current: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;

  private constructor(private readonly work: () => Promise<void>) {
    this.ended = this.run();
  }

  /** Starts the work; resolves when it has succeeded once. */
  static async start(work: () => Promise<void>): Promise<RepeatedWork> {
    await eventually(work);
    return new RepeatedWork(work);
  }

  /** Prevents further work until `release`. Resolves when the work in progress has ended. */
  async hold(): Promise<void> {
    this.held = true;
    await this.current;
  }

  release(): void {
    this.held = false;
  }

  /** Ends the work for ever. Resolves when the work in progress has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (!this.held) await (this.current = this.work().catch(() => undefined));
      await setTimeout(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
