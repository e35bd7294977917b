/**
 * Priorities of requests to Clerk, most urgent first:
 * - `first_login`: logins, for which a person waits; also the command `make-admin`.
 * - `conflict`: requests that settle an event, or a conflict that the event reveals. Later events wait behind that
 *   event. Also an admin's sync, checks of promises of the admin role, and lists and sign-outs of sessions.
 * - `write_back`: write-backs, which may be late.
 * - `reconcile`: reconcile runs, drift samples and second checks of suspected absences. Nothing waits for these.
 */
export const priorities = ['first_login', 'conflict', 'write_back', 'reconcile'] as const;

export type Priority = (typeof priorities)[number];
