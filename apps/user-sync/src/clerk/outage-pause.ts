import { SharedOutageError } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { ClerkRequestError } from '../errors';

const PAUSE_MS = { first: 1_000, most: 30_000 };

/** The pauses of a worker after failures of Clerk as a whole or of the database: each twice as long as the one before. */
export class OutagePause {
  private nextMs: number = PAUSE_MS.first;

  /** `work`: what pauses, as the beginning of a log line. */
  constructor(
    private readonly work: string,
    private readonly log: Logger,
  ) {}

  /** Milliseconds to pause after this failure, which it logs; at least as long as Clerk asks for. */
  after(error: unknown): number {
    const wishMs = error instanceof ClerkRequestError ? (error.answer.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(this.nextMs, wishMs);
    this.nextMs = Math.min(this.nextMs * 2, PAUSE_MS.most);
    if (error instanceof SharedOutageError || error instanceof ClerkRequestError) {
      this.log.warn({ reason: error.message, waitMs }, `${this.work} paused; retrying`);
    } else {
      this.log.error({ err: error, waitMs }, `${this.work} paused after an unexpected error; retrying`);
    }
    return waitMs;
  }

  /** The outage is over: the next pause is short again. */
  end(): void {
    this.nextMs = PAUSE_MS.first;
  }
}
