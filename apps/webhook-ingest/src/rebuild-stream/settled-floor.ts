/**
 * State of the event stream and the outcome stream at one time. The floor of a stream is the sequence up to which every
 * message is acknowledged or expired.
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
 * Finds the settled floor: the sequence up to which an event without an outcome will never get one.
 *
 * user-sync stores the outcome of an event before it acknowledges the event. Let F be the floor of the event stream at
 * one time, and L the last sequence of the outcome stream at that time. Each event up to F then has its outcome at or
 * below L, or will never have one. So F is settled once the ledger has consumed the outcomes up to L. Events that a slow
 * consumer has not acknowledged are above F, so they are never taken for lost.
 *
 * The grace time is the minimum time between two settled floors. It only limits how often the ledger is searched for
 * events without an outcome; F would be right without it.
 *
 * States:
 *
 *   unknown    nothing was observed.
 *   waiting    F and L of an earlier call of `observe` are remembered.
 *
 * Transitions, all by `observe`:
 *
 *   unknown → waiting    remembers F and L; returns 0.
 *   waiting → waiting    returns 0 until the grace time is over and the outcomes up to L are consumed. Then returns F
 *                        once, and remembers F and L of this call. If the event stream was replaced, remembers F and L
 *                        of the new stream and returns 0.
 */
export class SettledFloor {
  private waitingFor: StreamsSeen | undefined;

  constructor(private readonly graceMs: number) {}

  /** Observes the state of the streams; returns the settled floor, or 0 while none is known. */
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
