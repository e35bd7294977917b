import { z } from 'zod';
import { metadataProgress } from './metadata-collision';
import { shownValue } from './shown-value';
import { clerkSessionIdSchema, clerkUserIdSchema } from './clerk-user';
import { loginReplySchema, sessionTtlSchema } from './login';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { asOfTrustChange } from './trust-change';
import { userSchema } from './user';

const text = (max: number) => z.string().trim().min(1).max(max);

/**
 * Body of `POST /auth/verify-clerk-token`. If given, `clerkUserId` must be the user of the token. If given,
 * `phoneNumber` must be that user's verified number at Clerk; the token contains no number. The other fields fill in
 * the profile.
 */
export const phoneLoginBodySchema = z.strictObject({
  // Accepts more characters than a number has, because people paste numbers with invisible characters.
  phoneNumber: text(64).optional(),
  clerkUserId: text(130).optional(),
  name: text(200).optional(),
  shopName: text(200).optional(),
  city: text(120).optional(),
  state: text(120).optional(),
  pincode: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9 -]{3,12}$/, 'is not a postal code')
    .optional(),
});

/** Body of `POST /auth/verify-clerk-token`. */
export type PhoneLoginBody = z.output<typeof phoneLoginBodySchema>;

/**
 * Exchanges a verified Clerk session token for a legacy session. For ten seconds the same token returns the same session.
 * `token` holds the claims of the token: `id` is its `jti`, or the SHA-256 of the token in hex when it has none;
 * `expiresAt` is in milliseconds since the epoch. Rejected as `session_ended` when the session is not active at Clerk, and as
 * `forbidden` for a user who is not active. Other codes: `phone_unverified`, `identity_mismatch` (audited), `token_used`,
 * `user_deleted` and `clerk_unavailable`.
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
  reply: loginReplySchema.extend({ isNewUser: z.boolean() }),
});

/**
 * Returns our user for the signed-in Clerk user; creates our user if it does not exist yet. Rejected with the same
 * codes as the request `user-sync.principal.resolve`.
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
