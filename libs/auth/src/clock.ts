/** Returns the time in milliseconds since the epoch. Tests pass their own clock. */
export type Clock = () => number;

/** The host's clock. */
export const systemClock: Clock = () => Date.now();
