import { z } from 'zod';
import { clerkUserIdSchema } from './clerk-user';
import { filterText } from './filter-text';
import { pageOf, pageRequestSchema } from './page';
import { roles, tiers } from './principal';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { asOfTrustChange } from './trust-change';
import { uuidSchema } from './uuid';
import { webLinkSchema } from './web-link';
import { timeSchema } from './time';

const text = (max: number) => z.string().trim().max(max).nullable();

/**
 * Name of a network in `socialLinks`. The lookahead excludes `constructor` and `prototype`, which are property names of
 * JavaScript itself.
 */
const NETWORK_NAME = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_-]{0,31}$/;

const socialLinksSchema = z
  .record(z.string().regex(NETWORK_NAME, 'is not a network name'), webLinkSchema)
  .refine((links) => Object.keys(links).length <= 20, 'has more than 20 entries');

/** Profile fields that users can edit. Rejects unknown fields and fields that Clerk owns. */
export const profilePatchSchema = z.strictObject({
  ownerName: text(200).optional(),
  bio: text(2000).optional(),
  website: webLinkSchema.nullable().optional(),
  socialLinks: socialLinksSchema.optional(),
  shopName: text(200).optional(),
  city: text(120).optional(),
  state: text(120).optional(),
  pincode: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9 -]{3,12}$/, 'is not a postal code')
    .nullable()
    .optional(),
});

/** Profile fields that users can edit. */
export type ProfilePatch = z.output<typeof profilePatchSchema>;

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
  reply: z.object({ ...asOfTrustChange, ...holderSchema.shape, isNewUser: z.boolean(), sessionEnded: z.boolean() }),
});

/** Returns the calling user. */
export const getMe = defineRequest({
  subject: 'user-sync.me.get',
  repeatable: true,
  request: z.object({}),
  reply: userSchema,
});

/** Changes the profile of the calling user. */
export const updateMe = defineRequest({
  subject: 'user-sync.me.update',
  request: profilePatchSchema,
  reply: userSchema,
});

/** Lists users, newest first; for admins. */
export const listUsers = defineRequest({
  subject: 'user-sync.users.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    email: filterText(320).optional(),
    clerkUserId: filterText(130).optional(),
    role: z.enum(roles).optional(),
    deleted: z.stringbool().or(z.boolean()).optional(),
  }),
  reply: pageOf(adminUserSchema),
});
