/** How fast the relay may publish; messages, milliseconds. */
export interface PaceLimits {
  readonly perSecond: number;
  /** With more than this waiting on the stream, the relay keeps back: what is live comes after all of them. */
  readonly backlog: number;
}

/** What is left of the pace while the stream has a backlog, so that retries still go on. */
const TRICKLE = 0.1;

/** A token bucket of one second, a tenth as fast while the consumer is behind. */
export class Pace {
  private tokens = 0;
  private atMs: number | undefined;

  constructor(private readonly limits: PaceLimits) {}

  /** How many may be published now. */
  allowance(nowMs: number, waiting: number): number {
    const { perSecond, backlog } = this.limits;
    const rate = waiting > backlog ? perSecond * TRICKLE : perSecond;
    const most = Math.max(1, rate);
    const sinceMs = this.atMs === undefined ? 1_000 : nowMs - this.atMs;
    this.atMs = nowMs;
    this.tokens = Math.min(most, this.tokens + (rate * sinceMs) / 1_000);
    return Math.floor(this.tokens);
  }

  /** So many were taken. */
  spend(count: number): void {
    this.tokens -= count;
  }
}
