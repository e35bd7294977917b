import { z } from 'zod';
import { stripeCustomerIdSchema } from './admin-user';
import { clerkUserIdSchema } from './clerk-user';
import { filterText } from './filter-text';
import { givenTierSchema } from './principal';
import { knownFieldFaults, shopFields } from './profile';
import { givenTimeSchema } from './time';
import { lineText } from './typed-text';
import { phoneSchema } from './user-ref';

/** Roles that an import may give. Admins are made one by one. */
const importedRoles = ['user', 'developer'] as const;

const flag = z.union([z.stringbool({ truthy: ['true'], falsy: ['false'] }), z.boolean()], 'must be true or false');
const name = lineText(256);

/**
 * A user in a file that is imported: a row of a CSV file, whose cells are texts, or a line of JSON. Fields without a
 * value are absent, so an import sets fields and never clears one.
 */
export const importedUserSchema = z
  .strictObject({
    /** Id of the user in the company's own system; unique. */
    externalId: lineText(255),
    clerkUserId: clerkUserIdSchema,
    email: filterText(320).pipe(z.email('is not an e-mail address')),
    emailVerified: flag,
    phoneNumber: phoneSchema,
    phoneVerified: flag,
    firstName: name,
    lastName: name,
    username: name,
    role: z.enum(importedRoles, 'must be user or developer: give the role admin to each user by itself'),
    tier: givenTierSchema,
    isActive: flag,
    ...shopFields,
    /** Milliseconds, as the database stores it: a finer time would differ from the stored one at the next import. */
    createdAt: givenTimeSchema.transform((time) => new Date(time).toISOString()),
    stripeCustomerId: stripeCustomerIdSchema,
  })
  .partial();

/** A user in a file that is imported, after parsing. */
export type ImportedUser = z.output<typeof importedUserSchema>;

/** Name of a field that a file may have. */
export type ImportedField = keyof ImportedUser;

/** Names of the fields that a file may have. */
export const importedFields = Object.keys(importedUserSchema.shape) as ImportedField[];

const noPassword = 'is never imported: issue a set-password token after the import, or import the password at Clerk';

knownFieldFaults.add(importedUserSchema, {
  ...{ password: noPassword, passwordHash: noPassword, hashedPassword: noPassword, passwordDigest: noPassword },
  id: 'is ours and never set: put the id of your own system into externalId',
  userId: 'is ours and never set: put the id of your own system into externalId',
});
