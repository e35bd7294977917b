/** Priorities of requests to Clerk, most urgent first: a person waits for a first login, nobody for a reconcile run. */
export const priorities = ['first_login', 'conflict', 'write_back', 'reconcile'] as const;

export type Priority = (typeof priorities)[number];
