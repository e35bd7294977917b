import { z } from 'zod';
import { adminUserSchema } from './user';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/**
 * State of a reconcile run. `needs_approval`: the run would delete more users than the limit allows, so an admin must
 * approve the deletions. `refused`: the secret key belongs to another Clerk instance than the one that our users come
 * from. `undone`: its deletions were reverted.
 */
export const reconcileStates = ['queued', 'running', 'needs_approval', 'done', 'refused', 'failed', 'undone'] as const;

/** State of a reconcile run. */
export type ReconcileState = (typeof reconcileStates)[number];

/** A reconcile run: one full scan of Clerk's users and its comparison with the users database. */
export const reconcileRunSchema = z.object({
  id: uuidSchema,
  state: shownValue(reconcileStates),
  trigger: shownValue(['schedule', 'admin']),
  message: z.string().nullable(),
  /** Number of users at Clerk when the run began; more may be created during the run. */
  usersTotal: z.number().int().nonnegative().nullable(),
  usersDone: z.number().int().nonnegative(),
  remaining: z.number().int().nonnegative().nullable(),
  usersPerSecond: z.number().nonnegative().nullable(),
  /**
   * Number of our users that the scan did not find. Before the run deletes such a user, it asks Clerk for that user by
   * id.
   */
  absences: z.number().int().nonnegative(),
  /** By decision: number of users. */
  changes: z.record(z.string(), z.number()),
  /** Number of users that this run deleted and that can still be restored. */
  undoable: z.number().int().nonnegative(),
  requestedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  updatedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
});

/** A reconcile run. */
export type ReconcileRun = z.output<typeof reconcileRunSchema>;

/** Lists the last reconcile runs, newest first; for admins. */
export const listReconciles = defineRequest({
  subject: 'user-sync.reconciles.list',
  repeatable: true,
  request: z.object({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
  reply: z.object({ items: z.array(reconcileRunSchema) }),
});

/** Starts a reconcile run; for admins. Rejected as `conflict` while another run is queued or running. */
export const startReconcile = defineRequest({
  subject: 'user-sync.reconciles.start',
  request: z.strictObject({}),
  reply: reconcileRunSchema,
});

/** Shows one reconcile run; for admins. */
export const showReconcile = defineRequest({
  subject: 'user-sync.reconciles.show',
  repeatable: true,
  request: z.strictObject({ id: uuidSchema }),
  reply: reconcileRunSchema,
});

/** Approves the deletions of a run that `needs_approval`; for admins. */
export const approveReconcile = defineRequest({
  subject: 'user-sync.reconciles.approve',
  request: z.strictObject({ id: uuidSchema }),
  reply: reconcileRunSchema,
});

/** Restores the users that a reconcile run deleted, except users that were redacted since; for admins. */
export const undoReconcile = defineRequest({
  subject: 'user-sync.reconciles.undo',
  request: z.strictObject({ id: uuidSchema }),
  reply: z.object({ run: reconcileRunSchema, restored: z.number().int().nonnegative() }),
});

/**
 * Lists the users whom a run is about, by their Clerk ids; for admins. Rejected as `conflict` for a run that needs an
 * approval when a later run has begun.
 */
export const listReconcileUsers = defineRequest({
  subject: 'user-sync.reconciles.list-users',
  repeatable: true,
  request: z.strictObject({
    id: uuidSchema,
    ...pageRequestSchema.shape,
    list: z
      .enum(['absent', 'undoable'])
      .default('absent')
      .describe(
        '`absent`: users whom the run did not find at Clerk, if it waits for an approval to delete them. `undoable`: users whom it has deleted and whom an undo restores.',
      ),
  }),
  reply: pageOf(adminUserSchema),
});
