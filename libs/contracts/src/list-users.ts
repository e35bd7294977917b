import { z } from 'zod';
import { filterText } from './filter-text';
import { flag } from './flag';
import { pageOf, pageRequestSchema } from './page';
import { givenTierSchema, roles } from './principal';
import { defineRequest } from './request';
import { givenTimeSchema, timeSchema } from './time';
import { adminUserSchema } from './user';
import { uuidSchema } from './uuid';

/** Maximum characters of a text that is searched for. */
const MAX_TEXT = 200;

/** A phone number, or its end, as people write it. */
const PHONE = /^\+?(?:[\s().\-/]*\d){4,15}[\s().\-/]*$/;

const searchText = filterText(MAX_TEXT)
  .trim()
  .regex(/[\p{L}\p{N}]/u, 'has neither a letter nor a digit');

const known = {
  email: filterText(320).optional().describe('The whole e-mail address, in any letter case.'),
  clerkUserId: filterText(130).optional().describe('A Clerk user id.'),
  role: z.enum(roles).optional(),
  deleted: flag.optional().describe('`true`: only deleted users. `false`: only others.'),
};

/** Lists users, newest first; for admins. The gateway of the next release sends only {@link searchUsers}. */
export const listUsers = defineRequest({
  subject: 'user-sync.users.list',
  repeatable: true,
  request: pageRequestSchema.extend(known),
  reply: pageOf(adminUserSchema),
});

/**
 * Lists the users who match all filters, newest first; for admins. A subject of its own: user-sync of the previous
 * release would ignore the filters that it does not know, and list every user.
 */
export const searchUsers = defineRequest({
  subject: 'user-sync.users.search',
  repeatable: true,
  request: z.strictObject({
    ...pageRequestSchema.shape,
    ...known,
    q: searchText
      .optional()
      .describe(
        'Any of: our id, Clerk id, Stripe customer id, phone number, beginning of the e-mail address, words of a name.',
      ),
    id: uuidSchema.optional().describe('Our id.'),
    phone: filterText(40)
      .trim()
      .regex(PHONE, 'must be + and a whole phone number, or at least 4 digits of its end')
      .optional()
      .describe('A whole number in E.164 (in a URL, `%2B` for `+`), or at least 4 digits of its end.'),
    name: searchText
      .optional()
      .describe('Words, each of which is part of full name, owner name, shop name or username, in any letter case.'),
    tier: givenTierSchema.optional(),
    active: flag.optional().describe('`false`: users whom an admin has deactivated, and deleted users.'),
  }),
  reply: pageOf(adminUserSchema),
});

/**
 * Lists the users who match all filters and were changed at or after `updatedSince`, in the order of `updatedAt` and then
 * id; for admins. Deleted users are listed too. `nextUpdatedSince` is null except on the last page: with it as
 * `updatedSince`, the next list has every change that this list lacks, and some that it has.
 */
export const listChangedUsers = defineRequest({
  subject: 'user-sync.users.list-changed',
  repeatable: true,
  request: searchUsers.request.extend({
    updatedSince: givenTimeSchema.describe(
      'Only users who were changed at or after this moment, in the order of the change.',
    ),
  }),
  reply: pageOf(adminUserSchema).extend({ nextUpdatedSince: timeSchema.nullable() }),
});
