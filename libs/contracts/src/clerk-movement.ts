import { z } from 'zod';
import { latestTimeMs } from './time';
import { shownValue } from './shown-value';

/**
 * Occasions, other than a webhook, on which user-sync sees a user at Clerk.
 *
 * - `first_login`: a first login or a phone exchange.
 * - `conflict`: the resolution of a conflict.
 * - `reconcile`: a reconcile run, or an admin's sync of one user.
 * - `confirmation`: the second request about a suspected absence, which confirms or refutes the absence.
 * - `drift`: a drift sample.
 */
export const movementSources = ['first_login', 'conflict', 'reconcile', 'confirmation', 'drift'] as const;

/** Occasion on which user-sync sees a user at Clerk. */
export type MovementSource = (typeof movementSources)[number];

/**
 * A movement: a change of a user at Clerk that user-sync saw before an event about it arrived. `movedAt` is Clerk's
 * `updated_at`, in milliseconds since the epoch. Published on `CLERK_OUTCOMES`, so that webhook-ingest can detect that
 * webhooks have stopped. Each replica publishes at most one movement every two seconds: the one with the latest
 * `movedAt`, if it is later than the last published.
 */
export const clerkMovementSchema = z.object({
  movedAt: z.number().int().nonnegative().max(latestTimeMs),
  source: shownValue(movementSources),
});

/** A change at Clerk for which no event had arrived. */
export type ClerkMovement = z.output<typeof clerkMovementSchema>;

/** Subject on which movements are published. */
export const clerkMovementSubject = 'clerk.outcomes.movement';
