/** Both streams at one moment; milliseconds. Floors: every message up to it is acknowledged, or has expired. */
export interface StreamsSeen {
  readonly atMs: number;
  readonly eventsCreatedAt: Date;
  readonly eventsFloor: number;
  /** Undefined while the stream is missing. */
  readonly outcomesCreatedAt: Date | undefined;
  readonly outcomesLast: number;
  readonly outcomesFloor: number;
}

/**
 * Up to which sequence the events' outcomes must have been applied, if they still exist. `user-sync` stores an outcome
 * before it acknowledges the event: when the events were acknowledged up to F while the outcomes ended at L, and the
 * ledger has followed the outcomes up to L, then an event up to F that has no outcome will never have one. A consumer
 * that is merely slow is behind F, however long it takes.
 */
export class SettledFloor {
  private seen: StreamsSeen | undefined;

  constructor(private readonly graceMs: number) {}

  /** Takes note of the streams' state; gives the settled sequence, 0 while nothing is known to be settled. */
  observe(now: StreamsSeen): number {
    const { seen } = this;
    if (seen === undefined || seen.eventsCreatedAt.getTime() !== now.eventsCreatedAt.getTime()) {
      this.seen = now;
      return 0;
    }
    if (now.atMs - seen.atMs < this.graceMs || !outcomesFollowed(seen, now)) return 0;
    this.seen = now;
    return seen.eventsFloor;
  }
}

/** Outcomes of a stream that is not there any more will not come; its successor was empty when it began. */
function outcomesFollowed(seen: StreamsSeen, now: StreamsSeen): boolean {
  if (now.outcomesCreatedAt === undefined) return false;
  if (seen.outcomesCreatedAt?.getTime() !== now.outcomesCreatedAt.getTime()) return true;
  return now.outcomesFloor >= seen.outcomesLast;
}
