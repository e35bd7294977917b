import { z } from 'zod';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/**
 * How far a walk over Clerk's users is. `needs_approval`: it would delete more than the brake allows; a person decides.
 * `refused`: Clerk's instance is not ours. `undone`: its deletions were taken back.
 */
export const reconcileStates = ['queued', 'running', 'needs_approval', 'done', 'refused', 'failed', 'undone'] as const;

/** How far a walk over Clerk's users is. */
export type ReconcileState = (typeof reconcileStates)[number];

/** One walk over Clerk's users. Times are ISO 8601 in UTC. */
export const reconcileRunSchema = z.object({
  id: uuidSchema,
  state: shownValue(reconcileStates),
  trigger: shownValue(['schedule', 'admin']),
  message: z.string().nullable(),
  /** How many users Clerk counted when it began; more may come meanwhile. */
  usersTotal: z.number().int().nonnegative().nullable(),
  usersDone: z.number().int().nonnegative(),
  remaining: z.number().int().nonnegative().nullable(),
  usersPerSecond: z.number().nonnegative().nullable(),
  /** Users of ours that the walk did not meet; each is asked for by its id before anything follows from it. */
  absences: z.number().int().nonnegative(),
  /** How many users by decision. */
  changes: z.record(z.string(), z.number()),
  /** How many of its deletions can still be undone. */
  undoable: z.number().int().nonnegative(),
  requestedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  updatedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
});

/** One walk over Clerk's users. */
export type ReconcileRun = z.output<typeof reconcileRunSchema>;

/** The last walks, newest first; for admins. */
export const listReconciles = defineRequest({
  subject: 'user-sync.reconciles.list',
  request: z.object({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
  reply: z.object({ items: z.array(reconcileRunSchema) }),
});

/** Asks for a walk now; for admins. Refused as `conflict` while one is on its way. */
export const startReconcile = defineRequest({
  subject: 'user-sync.reconciles.start',
  request: z.strictObject({}),
  reply: reconcileRunSchema,
});

/** One walk; for admins. */
export const showReconcile = defineRequest({
  subject: 'user-sync.reconciles.show',
  request: z.strictObject({ id: uuidSchema }),
  reply: reconcileRunSchema,
});

/** Lets a walk that was stopped by the brake delete all the same; for admins. */
export const approveReconcile = defineRequest({
  subject: 'user-sync.reconciles.approve',
  request: z.strictObject({ id: uuidSchema }),
  reply: reconcileRunSchema,
});

/** Takes back the deletions that a walk made, as far as they are not redacted; for admins. */
export const undoReconcile = defineRequest({
  subject: 'user-sync.reconciles.undo',
  request: z.strictObject({ id: uuidSchema }),
  reply: z.object({ run: reconcileRunSchema, restored: z.number().int().nonnegative() }),
});
