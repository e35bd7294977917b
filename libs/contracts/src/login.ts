import { z } from 'zod';
import { asOfTrustChange, propagationSchema } from './trust-change';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { userSchema } from './user';
import { uuidSchema } from './uuid';

const timeMs = z.number().int().nonnegative();
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Lifetime of the legacy token that the gateway will mint; milliseconds. */
export const sessionTtlSchema = z
  .number()
  .int()
  .min(1_000)
  .max(30 * DAY_MS);

/**
 * A successful login: the user, and the legacy session that the login opened. The gateway mints a token whose `jti` is
 * `session.id` and which expires at `session.expiresAt`, in milliseconds since the epoch.
 */
export const loginReplySchema = z.object({
  ...asOfTrustChange,
  ...holderSchema.shape,
  session: z.object({ id: uuidSchema, expiresAt: timeMs }),
  user: userSchema,
});

/** A successful login. */
export type LoginReply = z.output<typeof loginReplySchema>;

/** Maximum length of a password; characters. */
export const maxPasswordLength = 256;

/**
 * Logs a local user in. Rejected as `invalid_credentials` for an unknown user and for a wrong password; both replies
 * take equally long. Rejected as `forbidden` for the correct password of a user who is not active. The gateway limits
 * the rate.
 */
export const verifyLogin = defineRequest({
  subject: 'user-sync.login.verify',
  request: z.object({
    email: z.string().min(1).max(320),
    password: z.string().min(1).max(maxPasswordLength),
    sessionTtlMs: sessionTtlSchema,
  }),
  reply: loginReplySchema,
});

/** A new password: 12 to 256 characters. */
export const newPasswordSchema = z.string().min(12).max(maxPasswordLength);

/**
 * Sets the password of a local user with a one-time token and ends the user's sessions. Replies when every gateway
 * rejects those sessions. An invalid token is rejected as `token_invalid`.
 */
export const setPassword = defineRequest({
  subject: 'user-sync.password.set',
  request: z.object({
    token: z.string().min(1).max(256),
    password: newPasswordSchema,
  }),
  reply: z.object({ userId: uuidSchema, propagation: propagationSchema.nullable() }),
});

/**
 * Returns the state of the legacy session of a verified token; null when the user has no such session.
 * `parentSessionId` is the Clerk session whose token was exchanged for the legacy session.
 */
export const resolveLegacySession = defineRequest({
  subject: 'user-sync.legacy-sessions.resolve',
  repeatable: true,
  request: z.object({ sessionId: uuidSchema, userId: uuidSchema }),
  reply: z.object({
    ...asOfTrustChange,
    session: z
      .object({
        ...holderSchema.shape,
        expiresAt: timeMs,
        closed: z.boolean(),
        parentSessionId: z.string().nullable(),
      })
      .nullable(),
  }),
});

/**
 * Logs the caller out. With a legacy session: closes that session. With a Clerk session: closes the legacy sessions
 * exchanged from the Clerk session, and rejects the Clerk session from then on.
 */
export const closeSession = defineRequest({
  subject: 'user-sync.legacy-sessions.close',
  request: z.object({}),
  reply: z.object({ closed: z.number().int().nonnegative(), propagation: propagationSchema.nullable() }),
});
