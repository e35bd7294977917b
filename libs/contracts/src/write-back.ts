import { z } from 'zod';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/**
 * State of a write-back. `pending`: not written yet. `done`: Clerk has the values. `dead`: Clerk rejected the values,
 * and an admin must act.
 */
export const writeBackStates = ['pending', 'done', 'dead'] as const;

/** State of a write-back. */
export type WriteBackState = (typeof writeBackStates)[number];

/** The write-back of one user: it writes our id and role to the user's `publicMetadata` at Clerk. */
export const writeBackSchema = z.object({
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  state: shownValue(writeBackStates),
  /**
   * Why the write-back was queued; the last reason, when there were several. But `check` does not replace the reason of
   * a write-back that is pending.
   *
   * - `create`: the user was created.
   * - `link`: a local user was linked to a Clerk user.
   * - `restore`: the deletion of the user was undone.
   * - `role`: the role changed.
   * - `retry`: an admin retried a dead write-back.
   * - `check`: an event or a read showed values at our keys that differ from those recorded by the last check or write.
   *   The write-back reads the values again, and writes ours where it may.
   * - `take`: an admin decided that our value replaces Clerk's in a metadata collision.
   */
  reason: shownValue(['create', 'link', 'restore', 'role', 'retry', 'check', 'take']),
  /** Number of failed attempts since the write-back was queued. */
  retryCount: z.number().int().nonnegative(),
  /** When the write-back was queued. */
  owedAt: timeSchema,
  /** When the write-back is attempted next. */
  dueAt: timeSchema.nullable(),
  /** When Clerk was last known to have these values. */
  writtenAt: timeSchema.nullable(),
  /** Why the last attempt failed. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** The write-back of one user. */
export type WriteBack = z.output<typeof writeBackSchema>;

/** Lists write-backs, ordered by user id; for admins. */
export const listWriteBacks = defineRequest({
  subject: 'user-sync.write-backs.list',
  repeatable: true,
  request: pageRequestSchema.extend({ state: z.enum(writeBackStates).optional() }),
  reply: pageOf(writeBackSchema),
});

/**
 * Queues dead write-backs again and gives each all its retries; for admins. Without `userIds`, queues the dead
 * write-backs of every user.
 */
export const retryWriteBacks = defineRequest({
  subject: 'user-sync.write-backs.retry',
  request: z.strictObject({ userIds: z.array(userRefSchema).min(1).max(1_000).optional() }),
  reply: z.object({ retried: z.number().int().nonnegative() }),
});
