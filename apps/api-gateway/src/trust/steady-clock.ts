/** Gives milliseconds that never run backwards. */
export type MonotonicClock = () => number;

/** Injection token of the {@link MonotonicClock} by which the gateway knows how long it may believe what it remembers. */
export const STEADY_CLOCK = Symbol('SteadyClock');

/** By how much the wall clock may be set forward without anybody having slept. */
const TOLERANCE_MS = 250;

/**
 * A clock that never runs backwards and goes on while the machine sleeps: Linux stops the monotonic clock of a suspended
 * machine, which would take a lease for live that ran out long ago. A wall clock that is set forward counts as sleep, one
 * that is set back as nothing.
 */
export function steadyClock(
  monotonic: MonotonicClock = () => performance.now(),
  wall: () => number = Date.now,
): MonotonicClock {
  let slept = 0;
  let offset = wall() - monotonic();
  return () => {
    const now = monotonic();
    const drift = wall() - now - offset;
    if (Math.abs(drift) > TOLERANCE_MS) {
      slept += Math.max(drift, 0);
      offset += drift;
    }
    return now + slept;
  };
}
