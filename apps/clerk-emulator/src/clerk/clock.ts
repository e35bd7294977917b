/** Tells the time in ms since 1970. */
export type Now = () => number;

/** Injection token of the emulator's clock. */
export const NOW = Symbol('now');
