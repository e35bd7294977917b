/** Returns milliseconds that never decrease. */
export type MonotonicClock = () => number;

/** Smaller jumps of the wall clock are corrections and are ignored. A larger jump is a suspension or a time change. */
const TOLERANCE_MS = 250;

/**
 * Creates a clock that never decreases and includes the time during which the machine was suspended. The monotonic
 * clock of Linux stops during a suspension, so by that clock an expired lease would look valid. A forward jump of the
 * wall clock counts as suspension; a backward jump is ignored.
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
