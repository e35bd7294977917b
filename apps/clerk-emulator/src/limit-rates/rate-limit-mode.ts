/** Whose limits hold: nobody's, or those of Clerk's development or production instances. */
export const rateLimitModes = ['off', 'development', 'production'] as const;
export type RateLimitMode = (typeof rateLimitModes)[number];
