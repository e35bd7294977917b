import { z } from 'zod';
import { latestTimeMs } from './time';
import { shownValue } from './shown-value';

/** How user-sync sees Clerk by itself. */
export const movementSources = ['first_login', 'conflict', 'reconcile', 'confirmation', 'drift'] as const;

/** How user-sync sees Clerk by itself. */
export type MovementSource = (typeof movementSources)[number];

/**
 * Clerk has changed a user and no webhook had told user-sync of it when it looked: `movedAt` is Clerk's `updated_at`, in
 * milliseconds. On `CLERK_OUTCOMES`, for the ledger, which knows whether webhooks come. Only the newest is told.
 */
export const clerkMovementSchema = z.object({
  movedAt: z.number().int().nonnegative().max(latestTimeMs),
  source: shownValue(movementSources),
});

/** A change at Clerk of which no webhook had told. */
export type ClerkMovement = z.output<typeof clerkMovementSchema>;

/** The subject on which movements are told. */
export const clerkMovementSubject = 'clerk.outcomes.movement';
