import { type Logger } from 'pino';

const INTERVAL_MS = 5_000;
const MAX_CREDENTIALS = 20_000;
/** Maximum time that shutdown waits for user-sync. */
const END_TIMEOUT_MS = 2_000;

/**
 * Collects the last use of each credential, for at most 20 000 credentials. Reports the uses to user-sync every five
 * seconds.
 */
export abstract class UsageBatch<Use> {
  private readonly uses = new Map<string, Use>();
  private timer: NodeJS.Timeout | undefined;
  private reporting: Promise<void> = Promise.resolve();

  /** `maxPart`: maximum uses in one report. */
  constructor(
    private readonly log: Logger,
    private readonly maxPart: number,
  ) {}

  /** Sends one report to user-sync. */
  protected abstract send(uses: readonly (readonly [id: string, use: Use])[]): Promise<unknown>;

  start(): void {
    this.timer = setInterval(() => void this.report(), INTERVAL_MS);
    this.timer.unref();
  }

  /** Notes a use. */
  note(id: string, use: Use): void {
    if (this.uses.size < MAX_CREDENTIALS || this.uses.has(id)) this.uses.set(id, use);
  }

  /** Reports the collected uses to user-sync. Never rejects. */
  report(): Promise<void> {
    this.reporting = this.reporting.then(() => this.reportAll());
    return this.reporting;
  }

  /** Stops the timer and reports the remaining uses; waits at most 2 s. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_TIMEOUT_MS)));
    await Promise.race([this.report(), timeout]);
    clearTimeout(timer);
  }

  private async reportAll(): Promise<void> {
    const uses = [...this.uses];
    this.uses.clear();
    for (let from = 0; from < uses.length; from += this.maxPart) {
      try {
        await this.send(uses.slice(from, from + this.maxPart));
      } catch (error) {
        // The last use is informational, so a lost report is not retried.
        this.log.debug({ reason: String(error) }, 'reporting the use of credentials failed');
        return;
      }
    }
  }
}
