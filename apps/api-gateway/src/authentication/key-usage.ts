import { maxKeyUses, touchKeys } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';

const INTERVAL_MS = 5_000;
const MAX_KEYS = 20_000;
/** Maximum time that shutdown waits for user-sync. */
const END_TIMEOUT_MS = 2_000;

/**
 * Collects when each API key was last used, for at most 20 000 keys. Reports the times to user-sync every five seconds.
 */
@Injectable()
export class KeyUsage {
  private readonly uses = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private reporting: Promise<void> = Promise.resolve();

  constructor(
    private readonly services: RequestClient,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.report(), INTERVAL_MS);
    this.timer.unref();
  }

  /** Notes a use; `at` in milliseconds since the epoch. */
  note(keyId: string, at: number): void {
    if (this.uses.size < MAX_KEYS || this.uses.has(keyId)) this.uses.set(keyId, at);
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
    const uses = [...this.uses].map(([keyId, at]) => ({ keyId, at }));
    this.uses.clear();
    for (let from = 0; from < uses.length; from += maxKeyUses) {
      const part = uses.slice(from, from + maxKeyUses);
      try {
        await this.services.send(touchKeys, { uses: part }, { principal: null, requestId: 'key-usage' });
      } catch (error) {
        // The last use is informational, so a lost report is not retried.
        this.log.debug({ reason: String(error) }, 'reporting key usage failed');
        return;
      }
    }
  }
}
