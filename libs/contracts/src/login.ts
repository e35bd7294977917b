import { z } from 'zod';
import { asOfTrustChange, propagationSchema } from './trust-change';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { userSchema } from './user';
import { uuidSchema } from './uuid';

const timeMs = z.number().int().nonnegative();
const DAY_MS = 24 * 60 * 60 * 1_000;

/** How long a legacy token that the gateway is about to mint will live; milliseconds. */
export const sessionTtlSchema = z
  .number()
  .int()
  .min(1_000)
  .max(30 * DAY_MS);

/**
 * A login that succeeded: whom, and the legacy session that was opened for it in the same transaction. The gateway
 * mints a token whose `jti` is `session.id`, ending at `session.expiresAt` (milliseconds).
 */
export const loginReplySchema = z.object({
  ...asOfTrustChange,
  ...holderSchema.shape,
  session: z.object({ id: uuidSchema, expiresAt: timeMs }),
  user: userSchema,
});

/** A login that succeeded. */
export type LoginReply = z.output<typeof loginReplySchema>;

/** The longest password that is looked at; characters. */
export const maxPasswordLength = 256;

/**
 * Logs a local user in. Refused as `invalid_credentials`, in the same time, for an unknown user and a wrong password; as
 * `forbidden` for the right password of a user who is not active. Throttling is the gateway's.
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

/** What a new password must be. */
export const newPasswordSchema = z.string().min(12).max(maxPasswordLength);

/**
 * Sets a local user's password by a one-time token; ends the user's sessions, and answers when no gateway takes them any
 * more. Refused as `token_invalid`.
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
 * What holds of the legacy session that a verified token names; null when there is no such session of that user.
 * `parentSessionId` is the Clerk session that it was exchanged from.
 */
export const resolveLegacySession = defineRequest({
  subject: 'user-sync.legacy-sessions.resolve',
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
 * Logs the caller out: closes the legacy session that it calls with. With a Clerk session it closes the legacy sessions
 * exchanged from it, and trusts that Clerk session no longer.
 */
export const closeSession = defineRequest({
  subject: 'user-sync.legacy-sessions.close',
  request: z.object({}),
  reply: z.object({ closed: z.number().int().nonnegative(), propagation: propagationSchema.nullable() }),
});
