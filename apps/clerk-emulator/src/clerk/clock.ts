/** Returns the current time in ms since 1970. */
export type Now = () => number;
