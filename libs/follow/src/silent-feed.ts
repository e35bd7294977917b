/** A feed that missed something counts as silent for this time, unless it brings something. */
const FORGIVEN_MS = 60_000;

/** Notices that the feed does not bring what the stream stores, although all of it is read from the stream instead. */
export class SilentFeed {
  /** The highest sequence that the feed has brought, or that it need not bring. */
  private reached: number | undefined;
  /** Last sequence of the stream at the check before. The feed has had the time between two checks to bring it. */
  private target = 0;
  private missed: { readonly since: number; readonly last: number } | undefined;

  /** The feed brings nothing from before now. */
  restart(): void {
    this.reached = undefined;
  }

  heard(sequence: number): void {
    this.reached = Math.max(this.reached ?? 0, sequence);
    this.missed = undefined;
  }

  /** Compares the feed with the last sequence of the stream. */
  check(lastSequence: number, now: number): void {
    if (this.reached === undefined || lastSequence < this.target) this.reached = this.target = lastSequence;
    if (this.reached < this.target) {
      this.missed = { since: this.missed?.since ?? now, last: now };
      this.reached = this.target;
    }
    this.target = lastSequence;
  }

  /** Since when the feed is silent; undefined while it is not. */
  since(now: number): number | undefined {
    return this.missed !== undefined && now - this.missed.last < FORGIVEN_MS ? this.missed.since : undefined;
  }
}
