/** Clerk's largest payload; bytes. */
export const BODY_LIMIT = 1024 * 1024;
