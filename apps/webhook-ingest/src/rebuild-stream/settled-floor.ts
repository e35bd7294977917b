/**
 * State of the event stream and the outcome stream at one time. A floor is a sequence; every message up to it is
 * acknowledged or expired.
 */
export interface StreamsSeen {
  /** Monotonic time; milliseconds. */
  readonly atMs: number;
  readonly eventsCreatedAt: Date;
  readonly eventsFloor: number;
  /** Undefined while the outcome stream is missing. */
  readonly outcomesCreatedAt: Date | undefined;
  readonly outcomesLast: number;
  readonly outcomesFloor: number;
}

/**
 * Finds the settled sequence: every event up to it has its outcome in the ledger, or will never have one.
 *
 * user-sync stores the outcome of an event before it acknowledges the event. So when the floor of the events is F and
 * the last outcome is L, the outcomes of all events up to F are among those up to L, or are lost. Once the ledger has
 * consumed the outcomes up to L, the sequence F is settled. Events that a slow consumer has not acknowledged are above
 * F, so they are never taken for lost.
 *
 * The grace time is the minimum time between two settled sequences. F is right without the grace time, which only
 * limits how often the ledger is searched for events without an outcome.
 *
 * States:
 *
 *   unknown    no state was observed, or the event stream was replaced since. The settled sequence is 0.
 *   waiting    a state (F, L) was observed. The grace time is not over, or outcomes up to L are not consumed.
 *   settled    the grace time is over and the outcomes up to L are consumed. `observe` returns F once, and begins
 *              to wait again, with the state of this call as the new (F, L).
 *
 * Transitions: `observe` leads from unknown to waiting, from waiting to settled, and back to unknown when the event
 * stream was replaced.
 */
export class SettledFloor {
  private waitingFor: StreamsSeen | undefined;

  constructor(private readonly graceMs: number) {}

  /** Records the state of the streams; returns the settled sequence, or 0 while none is known. */
  observe(now: StreamsSeen): number {
    const seen = this.waitingFor;
    if (seen === undefined || seen.eventsCreatedAt.getTime() !== now.eventsCreatedAt.getTime()) {
      this.waitingFor = now;
      return 0;
    }
    if (now.atMs - seen.atMs < this.graceMs || !outcomesConsumed(seen, now)) return 0;
    this.waitingFor = now;
    return seen.eventsFloor;
  }
}

/**
 * Whether the ledger has consumed every outcome up to `seen.outcomesLast`. Also true if the outcome stream was replaced
 * since `seen`, because those outcomes are lost. False while the outcome stream is missing.
 */
function outcomesConsumed(seen: StreamsSeen, now: StreamsSeen): boolean {
  if (now.outcomesCreatedAt === undefined) return false;
  if (seen.outcomesCreatedAt?.getTime() !== now.outcomesCreatedAt.getTime()) return true;
  return now.outcomesFloor >= seen.outcomesLast;
}
