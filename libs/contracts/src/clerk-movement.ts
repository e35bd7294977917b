import { z } from 'zod';
import { latestTimeMs } from './time';
import { shownValue } from './shown-value';

/** Occasions on which user-sync sees a user at Clerk without a webhook. */
export const movementSources = ['first_login', 'conflict', 'reconcile', 'confirmation', 'drift'] as const;

/** Occasions on which user-sync sees a user at Clerk without a webhook. */
export type MovementSource = (typeof movementSources)[number];

/**
 * user-sync saw a change of a user at Clerk for which no event had arrived. `movedAt` is Clerk's `updated_at`, in
 * milliseconds since the epoch. Published on `CLERK_OUTCOMES` for the ledger, which knows whether webhooks arrive; only
 * the newest change is published.
 */
export const clerkMovementSchema = z.object({
  movedAt: z.number().int().nonnegative().max(latestTimeMs),
  source: shownValue(movementSources),
});

/** A change at Clerk for which no event had arrived. */
export type ClerkMovement = z.output<typeof clerkMovementSchema>;

/** Subject on which movements are published. */
export const clerkMovementSubject = 'clerk.outcomes.movement';
