/** Why Clerk is asked, the most urgent first: somebody waits at a first login, and nobody for a walk over all users. */
export const priorities = ['first_login', 'conflict', 'write_back', 'reconcile'] as const;

/** Why Clerk is asked. */
export type Priority = (typeof priorities)[number];
