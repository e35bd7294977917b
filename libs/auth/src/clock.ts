/** Gives the time in milliseconds since the epoch; tests pass their own. */
export type Clock = () => number;

/** The host's clock. */
export const systemClock: Clock = () => Date.now();
