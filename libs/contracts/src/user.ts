import { z } from 'zod';
import { clerkUserIdSchema } from './clerk-user';
import { conditional } from './if-match';
import { roles, tiers } from './principal';
import { profilePatchSchema } from './profile';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { asOfTrustChange } from './trust-change';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/** A user, as shown to that user. */
export const userSchema = z.object({
  id: uuidSchema,
  clerkUserId: z.string().nullable(),
  authProvider: z.enum(['local', 'clerk']),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  phoneNumber: z.string().nullable(),
  phoneVerified: z.boolean(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  fullName: z.string(),
  username: z.string().nullable(),
  ownerName: z.string().nullable(),
  profileImageUrl: z.string().nullable(),
  role: z.enum(roles),
  isActive: z.boolean(),
  subscription: z.enum(tiers),
  bio: z.string().nullable(),
  website: z.string().nullable(),
  socialLinks: z.record(z.string(), z.string()),
  shopName: z.string().nullable(),
  city: z.string().nullable(),
  state: z.string().nullable(),
  pincode: z.string().nullable(),
  referralCode: z.string().nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
  lastLoginAt: timeSchema.nullable(),
  lastActiveAt: timeSchema.nullable(),
  /**
   * Raised by one with every change of the fields above, except `updatedAt`, `lastLoginAt` and `lastActiveAt`. In quotes
   * it is the `ETag` of the user. 0 while user-sync is of a release without versions.
   */
  version: z.int().nonnegative().default(0),
});

/** A user, as shown to that user. */
export type User = z.output<typeof userSchema>;

/** An admin's view of a user. */
export const adminUserSchema = userSchema.extend({
  isSynced: z.boolean(),
  clerkBanned: z.boolean(),
  clerkDeprovisioned: z.boolean().default(false),
  /** Whether Clerk rejects the user's sign-ins for now. Existing sessions and keys stay valid. */
  clerkLocked: z.boolean(),
  /** When the lockout ends; null without a lockout, or if the lockout has no end. */
  clerkLockoutExpiresAt: timeSchema.nullable().default(null),
  clerkUpdatedAt: timeSchema.nullable(),
  deletedAt: timeSchema.nullable(),
  /** The user whose referral code this user has used, and when; null without one. */
  referredBy: uuidSchema.nullable().default(null),
  referredAt: timeSchema.nullable().default(null),
  /** Id of the user at Stripe; null without one. */
  stripeCustomerId: z.string().nullable().default(null),
  /** Id of the user in the company's own system, from an import; null without one. */
  externalId: z.string().nullable().default(null),
});

/** An admin's view of a user. */
export type AdminUser = z.output<typeof adminUserSchema>;

/**
 * Returns the user of a verified Clerk session; creates the user from Clerk when it is not in the database yet.
 * `sessionEnded`: Clerk has reported the end of the session, so its tokens are no longer valid.
 */
export const resolvePrincipal = defineRequest({
  subject: 'user-sync.principal.resolve',
  repeatable: true,
  request: z.object({ clerkUserId: clerkUserIdSchema, sessionId: z.string().max(130) }),
  reply: z.object({
    ...asOfTrustChange,
    ...holderSchema.shape,
    /**
     * Whether this attempt created the user. Sent for gateways of the previous release, which require it; nothing reads
     * it. A repeated request says false when its first attempt created the user, so it tells no caller who is new.
     * `syncClerkUser` and `exchangePhoneLogin` do: they are sent once.
     */
    isNewUser: z.boolean().optional(),
    sessionEnded: z.boolean(),
    /**
     * Only with `sessionEnded`: when the user signed out everywhere, in milliseconds since the epoch. user-sync could not
     * find out whether the session began earlier, because Clerk did not answer. A token that was issued earlier belongs
     * to an ended session. With any other token, ask again later. The gateway of the previous release rejects both;
     * `change` is 0, so that it does not remember the answer.
     */
    signedOutBefore: z.number().int().nonnegative().optional(),
  }),
});

/** Returns the calling user. */
export const getMe = defineRequest({
  subject: 'user-sync.me.get',
  repeatable: true,
  request: z.object({}),
  reply: userSchema,
});

/**
 * Changes the profile of the calling user. Rejected as `version_mismatch` when the user's version is not in `ifMatch`.
 * Without a field, or with the values that are stored, changes nothing.
 */
export const updateMe = defineRequest({
  subject: 'user-sync.me.update',
  request: profilePatchSchema.extend(conditional),
  reply: userSchema,
});
