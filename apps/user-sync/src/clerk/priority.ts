/**
 * Priorities of requests to Clerk, most urgent first:
 * - `first_login`: logins, for which a person waits; also the command `make-admin`.
 * - `conflict`: requests for events and for the conflicts that they reveal; other events wait behind them. Also an
 *   admin's sync, and checks of promises of the admin role.
 * - `write_back`: write-backs, which may be late.
 * - `reconcile`: reconcile runs, drift samples and second checks of suspected absences. Nothing waits for these.
 */
export const priorities = ['first_login', 'conflict', 'write_back', 'reconcile'] as const;

export type Priority = (typeof priorities)[number];
