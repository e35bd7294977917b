/** Rate limits that apply: none, or those of Clerk's development or production instances. */
export const rateLimitModes = ['off', 'development', 'production'] as const;
export type RateLimitMode = (typeof rateLimitModes)[number];
