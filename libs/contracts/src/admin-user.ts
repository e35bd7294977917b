import { z } from 'zod';
import { propagationSchema } from './trust-change';
import { givenTierSchema, roles } from './principal';
import { defineRequest } from './request';
import { metadataStateSchema } from './metadata-collision';
import { shownValue } from './shown-value';
import { adminUserSchema } from './user';
import { userRefSchema } from './user-ref';
import { timeSchema } from './time';
import { lineText } from './typed-text';

const name = lineText(256);

/** Id of a customer at Stripe. */
export const stripeCustomerIdSchema = z
  .string()
  .max(255)
  .regex(/^cus_\w+$/, 'is not a Stripe customer id: it begins with cus_');

/** One-time token with which a local user sets a password. Returned only when it is created. */
export const passwordTokenSchema = z.object({ token: z.string(), expiresAt: timeSchema });

const changedUserSchema = z.object({ user: adminUserSchema, propagation: propagationSchema.nullable() });

/** Creates a local user; for admins. Rejected as `conflict` while `email` belongs to a user who is not deleted. */
export const createUser = defineRequest({
  subject: 'user-sync.users.create',
  request: z.strictObject({
    email: z.email().max(320),
    firstName: name.optional(),
    lastName: name.optional(),
    username: name.optional(),
    role: z.enum(roles).default('user'),
    tier: givenTierSchema.default('free'),
  }),
  reply: z.object({ user: adminUserSchema, passwordToken: passwordTokenSchema }),
});

/** Creates a set-password token for a local user and invalidates earlier ones; for admins. */
export const issuePasswordToken = defineRequest({
  subject: 'user-sync.users.issue-password-token',
  request: z.strictObject({ userId: userRefSchema }),
  reply: z.object({ passwordToken: passwordTokenSchema }),
});

/** Shows one user; for admins. */
export const showUser = defineRequest({
  subject: 'user-sync.users.show',
  repeatable: true,
  request: z.strictObject({ userId: userRefSchema }),
  reply: adminUserSchema,
});

/** Changes the role of a user; for admins, who cannot change their own. */
export const setUserRole = defineRequest({
  subject: 'user-sync.users.set-role',
  request: z.strictObject({ userId: userRefSchema, role: z.enum(roles) }),
  reply: changedUserSchema,
});

/** A limit that was once set with the tier. Rejected with the route that sets it now. */
const movedLimit = (kind: 'tokens' | 'uploads') =>
  z.never(`is not set with the tier: use PUT /admin/users/:id/quotas/${kind}/limit`).optional();

/** Changes the tier of a user; for admins. */
export const setUserTier = defineRequest({
  subject: 'user-sync.users.set-tier',
  request: z.strictObject({
    userId: userRefSchema,
    tier: givenTierSchema,
    tokensMonthlyLimit: movedLimit('tokens'),
    uploadsMonthlyLimit: movedLimit('uploads'),
  }),
  reply: changedUserSchema,
});

/**
 * Deactivates a user and ends its sessions; for admins, who cannot deactivate themselves. No event from Clerk
 * reactivates the user.
 */
export const deactivateUser = defineRequest({
  subject: 'user-sync.users.deactivate',
  request: z.strictObject({ userId: userRefSchema }),
  reply: changedUserSchema,
});

/** Activates a deactivated user; for admins. */
export const activateUser = defineRequest({
  subject: 'user-sync.users.activate',
  request: z.strictObject({ userId: userRefSchema }),
  reply: changedUserSchema,
});

/**
 * Deletes a local user, for ever; for admins, who cannot delete themselves. Erases its personal data, and ends its
 * sessions and API keys. Rejected as `conflict` for a Clerk user, who is deleted at Clerk. Repeatable with our id: a user
 * who was deleted before stays as it is.
 */
export const deleteUser = defineRequest({
  subject: 'user-sync.users.delete',
  request: z.strictObject({ userId: userRefSchema }),
  reply: changedUserSchema,
});

/**
 * Sets or removes the Stripe customer id of a user; for admins. Rejected as `conflict` while another user has the id.
 * Users do not see it.
 */
export const setStripeCustomer = defineRequest({
  subject: 'user-sync.users.set-stripe-customer',
  request: z.strictObject({ userId: userRefSchema, stripeCustomerId: stripeCustomerIdSchema.nullable() }),
  reply: z.object({ user: adminUserSchema }),
});

/** Results of syncing one user with Clerk. */
const syncResults = ['created', 'applied', 'unchanged', 'deleted', 'missing'] as const;

/**
 * Result of syncing one user with Clerk. `unchanged`: our user already equalled Clerk's. `deleted`: the Clerk id was
 * deleted here before the sync; a deleted id never comes back. `missing`: Clerk does not have the user. The user is
 * deleted here only if a second check, after a minute, confirms that.
 */
export type SyncResult = (typeof syncResults)[number];

/**
 * Fetches one user from Clerk and makes our user equal to Clerk's; for admins. Rejected as `conflict` for a local user.
 * Rejected as `not_found` when neither Clerk nor this database has the user.
 */
export const syncUser = defineRequest({
  subject: 'user-sync.users.sync',
  request: z.strictObject({ id: userRefSchema }),
  reply: z.object({
    result: shownValue(syncResults),
    reason: z.string(),
    /**
     * Null when the table `users` has no row for this Clerk user: Clerk reported the deletion before user-sync had
     * created the user, so only a tombstone was stored.
     */
    user: adminUserSchema.nullable(),
    /**
     * For each of our keys in `publicMetadata`: our value and Clerk's current value. Null when Clerk did not answer.
     */
    metadata: z.array(metadataStateSchema).nullable().optional(),
  }),
});
