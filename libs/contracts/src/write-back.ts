import { z } from 'zod';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/** How far a write-back is. `pending`: owed to Clerk; `done`: Clerk holds it; `dead`: Clerk will not take it, a person has to look. */
export const writeBackStates = ['pending', 'done', 'dead'] as const;

/** How far a write-back is. */
export type WriteBackState = (typeof writeBackStates)[number];

/** What Clerk is owed, or was written, of one user: `publicMetadata` with our id and role. Times are ISO 8601 in UTC. */
export const writeBackSchema = z.object({
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  state: shownValue(writeBackStates),
  /** The change of ours that is to be written; of several, the last. */
  reason: shownValue(['create', 'link', 'restore', 'role', 'retry', 'check', 'take']),
  /** Tries that failed since that change. */
  retryCount: z.number().int().nonnegative(),
  owedAt: timeSchema,
  /** When it is tried next. */
  dueAt: timeSchema.nullable(),
  /** When Clerk was last found, or made, to hold what stands here. */
  writtenAt: timeSchema.nullable(),
  /** Why the last try failed. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** What Clerk is owed, or was written, of one user. */
export type WriteBack = z.output<typeof writeBackSchema>;

/** Write-backs in the order of our users' ids; for admins. */
export const listWriteBacks = defineRequest({
  subject: 'user-sync.write-backs.list',
  request: pageRequestSchema.extend({ state: z.enum(writeBackStates).optional() }),
  reply: pageOf(writeBackSchema),
});

/** Begins dead write-backs anew, with all their tries: those of these users, or else all; for admins. */
export const retryWriteBacks = defineRequest({
  subject: 'user-sync.write-backs.retry',
  request: z.strictObject({ userIds: z.array(userRefSchema).min(1).max(1_000).optional() }),
  reply: z.object({ retried: z.number().int().nonnegative() }),
});
