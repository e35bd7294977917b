import { z } from 'zod';
import { metadataProgress } from './metadata-collision';
import { shopFields } from './profile';
import { referralOutcomeSchema } from './referral';
import { shownValue } from './shown-value';
import { clerkSessionIdSchema, clerkUserIdSchema } from './clerk-user';
import { loginReplySchema, sessionTtlSchema } from './login';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { asOfTrustChange } from './trust-change';
import { skippable } from './typed-text';
import { userSchema } from './user';

const text = (max: number) => z.string().trim().min(1).max(max);

/**
 * Body of `POST /auth/verify-clerk-token`. If given, `clerkUserId` must be the user of the token. If given,
 * `phoneNumber` must be that user's verified number at Clerk; the token contains no number. `referralCode` is
 * the code of the user who referred this one. The other fields are profile fields: each given one replaces the stored
 * value.
 */
export const phoneLoginBodySchema = z.strictObject({
  // Accepts more characters than a number has, because people paste numbers with invisible characters.
  phoneNumber: text(64).optional(),
  clerkUserId: text(130).optional(),
  /** Stored as `ownerName`. */
  name: skippable(shopFields.ownerName),
  shopName: skippable(shopFields.shopName),
  city: skippable(shopFields.city),
  state: skippable(shopFields.state),
  pincode: skippable(shopFields.pincode),
  // Not limited to the length of a code: a wrong code must not prevent the login.
  referralCode: skippable(z.string().trim().max(1000)),
});

/** Body of `POST /auth/verify-clerk-token`. */
export type PhoneLoginBody = z.output<typeof phoneLoginBodySchema>;

/**
 * Exchanges a verified Clerk session token for a legacy session. In `token`, `id` is the token's `jti`, or the SHA-256
 * of the token in hex when it has no `jti`. `expiresAt` is in milliseconds since the epoch.
 *
 * For ten seconds the same token returns the same legacy session. After that, or when the legacy session has ended, the
 * token is rejected as `token_used`. Other rejections:
 *
 * - `session_ended`: the Clerk session is not active.
 * - `forbidden`: the user is not active.
 * - `identity_mismatch`: `clerkUserId` or `phoneNumber` differs from that of the signed-in user.
 * - `phone_unverified`, and the codes of `user-sync.clerk-users.sync`.
 *
 * Every rejection is audited, except for an invalid request or an outage.
 */
export const exchangePhoneLogin = defineRequest({
  subject: 'user-sync.phone-login.exchange',
  request: z.object({
    token: z.object({
      id: z.string().min(1).max(128),
      clerkUserId: clerkUserIdSchema,
      sessionId: clerkSessionIdSchema,
      expiresAt: z.number().int().nonnegative(),
    }),
    body: phoneLoginBodySchema,
    sessionTtlMs: sessionTtlSchema,
  }),
  reply: loginReplySchema.extend({
    isNewUser: z.boolean(),
    /** What became of `referralCode`; null without one. A rejected code does not prevent the login. */
    referral: referralOutcomeSchema.nullable().default(null),
  }),
});

/**
 * Returns our user for the signed-in Clerk user; creates our user if it does not exist yet. Rejected as
 * `session_ended`, `user_deleted`, or `not_found` when Clerk does not know the user. Rejected as `conflict` when
 * another user has the e-mail address or phone number. Rejected as `clerk_unavailable` or `unavailable` when the user
 * cannot be created now.
 */
export const syncClerkUser = defineRequest({
  subject: 'user-sync.clerk-users.sync',
  request: z.object({ clerkUserId: clerkUserIdSchema, sessionId: clerkSessionIdSchema }),
  reply: z.object({
    ...asOfTrustChange,
    ...holderSchema.shape,
    isNewUser: z.boolean(),
    user: userSchema,
    /** Whether Clerk's `publicMetadata` has `dbId` (our user id) and `role`. */
    metadata: shownValue(metadataProgress).optional(),
  }),
});
