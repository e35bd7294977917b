import { z } from 'zod';
import { clerkUserIdSchema } from './clerk-user';
import { filterText } from './filter-text';
import { tiers } from './principal';
import { defineRequest } from './request';
import { uuidSchema } from './uuid';

const emailSchema = filterText(320).regex(/^[^\s@]+@[^\s@]+$/);

/** A phone number in E.164: `+`, then at most 15 digits. */
export const phoneSchema = z.string().regex(/^\+[1-9]\d{1,14}$/);

/** How operators name one user: by our id, Clerk's id, e-mail address in any letter case, or phone number in E.164. */
export const userRefSchema = z
  .union(
    [uuidSchema, clerkUserIdSchema, emailSchema, phoneSchema],
    'must be a user id (a UUID), a Clerk user id (user_…), an e-mail address or a phone number (+…; in a query, write + as %2B)',
  )
  .describe('A user, by our id, Clerk id, e-mail address or phone number (E.164).');

/**
 * Finds the ids and the tier of a user; for admins. An id finds deleted users too; an e-mail address or a phone number
 * finds only live ones. Rejected as `not_found`, or as `user_ambiguous` when several live users have the address or
 * the number.
 */
export const findUser = defineRequest({
  subject: 'user-sync.users.find',
  repeatable: true,
  request: z.strictObject({ user: userRefSchema }),
  reply: z.object({
    userId: uuidSchema,
    clerkUserId: z.string().nullable(),
    /** Absent in replies of user-sync of the previous release. */
    tier: z.enum(tiers).optional(),
  }),
});
