import { z } from 'zod';
import { clerkUserIdSchema } from './clerk-user';
import { filterText } from './filter-text';
import { defineRequest } from './request';
import { uuidSchema } from './uuid';

const emailSchema = filterText(320).regex(/^[^\s@]+@[^\s@]+$/);

/** How operators name one user: by our id, by Clerk's id, or by e-mail address in any letter case. */
export const userRefSchema = z.union(
  [uuidSchema, clerkUserIdSchema, emailSchema],
  'must be a user id (a UUID), a Clerk user id (user_…) or an e-mail address',
);

/**
 * Finds our id and the Clerk id of a user; for admins. An id finds deleted users too; an e-mail address finds only live
 * ones. Rejected as `not_found`, or as `user_ambiguous` when several live users have the address.
 */
export const findUser = defineRequest({
  subject: 'user-sync.users.find',
  repeatable: true,
  request: z.strictObject({ user: userRefSchema }),
  reply: z.object({ userId: uuidSchema, clerkUserId: z.string().nullable() }),
});
