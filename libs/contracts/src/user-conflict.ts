import { z } from 'zod';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { timeSchema } from './time';

/** A conflict: two users want the same e-mail address or phone number. Never holds the address itself. */
export const userConflictSchema = z.object({
  id: z.string(),
  kind: shownValue(['email', 'phone']),
  /**
   * `claimant`: the user stored without the address. `holder`: the user who keeps the address. Each is a Clerk id, or
   * our id of a local user.
   */
  claimant: z.string(),
  holder: z.string(),
  reason: z.string(),
  detectedAt: timeSchema,
  resolvedAt: timeSchema.nullable(),
});

/** A conflict between two users over one address. */
export type UserConflict = z.output<typeof userConflictSchema>;

/** Lists conflicts, newest first; for admins. Lists open conflicts unless `state` is `resolved`. */
export const listUserConflicts = defineRequest({
  subject: 'user-sync.conflicts.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    state: z.enum(['open', 'resolved']).default('open'),
    kind: z.enum(['email', 'phone']).optional(),
  }),
  reply: pageOf(userConflictSchema),
});
