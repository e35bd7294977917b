import { z } from 'zod';
import { propagationSchema } from './trust-change';
import { roles, tiers } from './principal';
import { defineRequest } from './request';
import { metadataStateSchema } from './metadata-collision';
import { shownValue } from './shown-value';
import { adminUserSchema } from './user';
import { userRefSchema } from './user-ref';
import { timeSchema } from './time';

const name = z.string().trim().min(1).max(256);

/** A token by which a local user sets its password, once; told only when it is made. */
export const passwordTokenSchema = z.object({ token: z.string(), expiresAt: timeSchema });

const changedUserSchema = z.object({ user: adminUserSchema, propagation: propagationSchema.nullable() });

/** Makes a local user; for admins. Refused as `conflict` while a live user holds the address. */
export const createUser = defineRequest({
  subject: 'user-sync.users.create',
  request: z.strictObject({
    email: z.email().max(320),
    firstName: name.optional(),
    lastName: name.optional(),
    username: name.optional(),
    role: z.enum(roles).default('user'),
    tier: z.enum(tiers).default('free'),
  }),
  reply: z.object({ user: adminUserSchema, passwordToken: passwordTokenSchema }),
});

/** Makes another set-password token for a local user, instead of any before it; for admins. */
export const issuePasswordToken = defineRequest({
  subject: 'user-sync.users.issue-password-token',
  request: z.strictObject({ userId: userRefSchema }),
  reply: z.object({ passwordToken: passwordTokenSchema }),
});

/** Shows one user; for admins. */
export const showUser = defineRequest({
  subject: 'user-sync.users.show',
  request: z.strictObject({ userId: userRefSchema }),
  reply: adminUserSchema,
});

/** Gives a user another role; for admins, not upon themselves. */
export const setUserRole = defineRequest({
  subject: 'user-sync.users.set-role',
  request: z.strictObject({ userId: userRefSchema, role: z.enum(roles) }),
  reply: changedUserSchema,
});

/** Gives a user another tier; for admins. Limits other than the tier's own are for enterprise alone. */
export const setUserTier = defineRequest({
  subject: 'user-sync.users.set-tier',
  request: z.strictObject({
    userId: userRefSchema,
    // `premium` is an older name of pro.
    tier: z.preprocess((value) => (value === 'premium' ? 'pro' : value), z.enum(tiers)),
    tokensMonthlyLimit: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
    uploadsMonthlyLimit: z.number().int().nonnegative().max(2_147_483_647).optional(),
  }),
  reply: changedUserSchema,
});

/** Shuts a user out and ends its sessions; for admins, not upon themselves. Nothing from Clerk undoes it. */
export const deactivateUser = defineRequest({
  subject: 'user-sync.users.deactivate',
  request: z.strictObject({ userId: userRefSchema }),
  reply: changedUserSchema,
});

/** Lets a user in again; for admins. */
export const activateUser = defineRequest({
  subject: 'user-sync.users.activate',
  request: z.strictObject({ userId: userRefSchema }),
  reply: changedUserSchema,
});

/** What can become of a user that was to be made equal to Clerk's. */
export const syncResults = ['created', 'applied', 'unchanged', 'deleted', 'missing'] as const;

/**
 * What became of a user that was made equal to Clerk's. `unchanged`: it was equal; `deleted`: it was deleted here, and
 * nothing brings its id back; `missing`: Clerk does not know it, which is confirmed a minute later before it is deleted.
 */
export type SyncResult = (typeof syncResults)[number];

/**
 * Asks Clerk for one user and makes it here what Clerk holds now; for admins. `conflict` for a local
 * user, `not_found` for one that neither we nor Clerk know.
 */
export const syncUser = defineRequest({
  subject: 'user-sync.users.sync',
  request: z.strictObject({ id: userRefSchema }),
  reply: z.object({
    result: shownValue(syncResults),
    reason: z.string(),
    /** Null of a deleted user that was never here. */
    user: adminUserSchema.nullable(),
    /** Our values in Clerk's `publicMetadata` beside Clerk's, asked for now; null when Clerk could not be asked. */
    metadata: z.array(metadataStateSchema).nullable().optional(),
  }),
});
