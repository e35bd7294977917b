/** Limits of the relay's rate, in messages. */
export interface PaceLimits {
  /** Maximum per second, for each replica. */
  readonly perSecond: number;
  /** Above this many undelivered messages the relay slows down, because new events queue behind its messages. */
  readonly backlog: number;
}

/** Fraction of the rate that remains during a backlog, so that retries continue. */
const TRICKLE = 0.1;

/**
 * Token bucket; a token is one message. Holds the tokens of at most one second, and fills at a tenth of the rate while
 * the stream has a backlog.
 */
export class Pace {
  private tokens = 0;
  private atMs: number | undefined;

  constructor(private readonly limits: PaceLimits) {}

  /** Messages that may be published now; `waiting` is the number of undelivered messages on the stream. */
  allowance(nowMs: number, waiting: number): number {
    const { perSecond, backlog } = this.limits;
    const rate = waiting > backlog ? perSecond * TRICKLE : perSecond;
    const most = Math.max(1, rate);
    const sinceMs = this.atMs === undefined ? 1_000 : nowMs - this.atMs;
    this.atMs = nowMs;
    this.tokens = Math.min(most, this.tokens + (rate * sinceMs) / 1_000);
    return Math.floor(this.tokens);
  }

  /** Takes tokens for messages that will be published. */
  spend(count: number): void {
    this.tokens -= count;
  }
}
