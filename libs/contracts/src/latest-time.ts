/** The end of the year 9999, in milliseconds: the last moment that ISO 8601 writes with four digits of year. */
export const latestTimeMs = 253_402_300_799_999;
