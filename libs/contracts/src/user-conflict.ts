import { z } from 'zod';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { timeSchema } from './time';

/** Two users claim one address. Never holds the address itself. Times are ISO 8601 in UTC. */
export const userConflictSchema = z.object({
  id: z.string(),
  kind: shownValue(['email', 'phone']),
  /** Who is stored without the address, and who keeps it: Clerk ids, or our ids of local users. */
  claimant: z.string(),
  holder: z.string(),
  reason: z.string(),
  detectedAt: timeSchema,
  resolvedAt: timeSchema.nullable(),
});

/** Two users claim one address. */
export type UserConflict = z.output<typeof userConflictSchema>;

/** Conflicts, newest first; those that wait for a person unless asked for resolved ones; for admins. */
export const listUserConflicts = defineRequest({
  subject: 'user-sync.conflicts.list',
  request: pageRequestSchema.extend({
    state: z.enum(['open', 'resolved']).default('open'),
    kind: z.enum(['email', 'phone']).optional(),
  }),
  reply: pageOf(userConflictSchema),
});
