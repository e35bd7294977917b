import { maxKeyUses, touchKeys } from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { type Logger } from 'pino';

const INTERVAL_MS = 5_000;
const MAX_KEYS = 20_000;

/** Gathers when keys were last used and tells user-sync every five seconds; what does not fit is told another time. */
export class KeyUsage {
  private readonly uses = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    private readonly services: Pick<RequestClient, 'send'>,
    private readonly log: Logger,
    private readonly intervalMs: number = INTERVAL_MS,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tell(), this.intervalMs);
    this.timer.unref();
  }

  /** `at` in milliseconds. */
  note(keyId: string, at: number): void {
    if (this.uses.size < MAX_KEYS || this.uses.has(keyId)) this.uses.set(keyId, at);
  }

  /** Tells what was gathered; never throws. */
  tell(): Promise<void> {
    this.telling = this.telling.then(() => this.tellAll());
    return this.telling;
  }

  /** Tells the rest and stops. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.tell();
  }

  private async tellAll(): Promise<void> {
    const uses = [...this.uses].map(([keyId, at]) => ({ keyId, at }));
    this.uses.clear();
    for (let from = 0; from < uses.length; from += maxKeyUses) {
      const part = uses.slice(from, from + maxKeyUses);
      try {
        await this.services.send(touchKeys, { uses: part }, { principal: null, requestId: 'key-usage' });
      } catch (error) {
        // When a key was last used is a help to people, not a fact to keep at any cost.
        this.log.debug({ reason: String(error) }, 'the last use of keys could not be told');
        return;
      }
    }
  }
}
