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

/** The body of `POST /auth/verify-clerk-token`: two assertions of who is calling, and what is known of the caller. */
export const phoneLoginBodySchema = z.strictObject({
  // As it was pasted, with invisible characters.
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

/** The body of `POST /auth/verify-clerk-token`. */
export type PhoneLoginBody = z.output<typeof phoneLoginBodySchema>;

/**
 * Exchanges a verified Clerk session token for a legacy session; for ten seconds the same token returns the same session.
 * `token` is what the token itself says: `id` its `jti`,
 * or the SHA-256 of it (hex) where it has none; `expiresAt` in milliseconds. Refused as `session_ended` when the session
 * is not active at Clerk, `phone_unverified`, `identity_mismatch` (audited), `token_used`, `forbidden` for a user who is
 * not active, `user_deleted`, `clerk_unavailable`.
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

/** Makes sure that the signed-in Clerk user exists here, and shows it. Refused like `principal.resolve`. */
export const syncClerkUser = defineRequest({
  subject: 'user-sync.clerk-users.sync',
  request: z.object({ clerkUserId: clerkUserIdSchema, sessionId: clerkSessionIdSchema }),
  reply: z.object({
    ...asOfTrustChange,
    ...holderSchema.shape,
    isNewUser: z.boolean(),
    user: userSchema,
    /** Whether Clerk's metadata holds `dbId` and `role`. */
    metadata: shownValue(metadataProgress).optional(),
  }),
});
