import { z } from 'zod';
import { clerkSessionIdSchema } from './clerk-user';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { timeSchema } from './time';
import { propagationSchema } from './trust-change';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';

/**
 * Kinds of sessions. `clerk`: a session of Clerk. `phone`: a Gatehouse session that was exchanged for a Clerk session.
 * `password`: a Gatehouse session that began with a password.
 */
const authSessionKinds = ['clerk', 'phone', 'password'] as const;

/** Maximum number of sessions in a list: this many of Gatehouse and this many of Clerk. */
export const maxListedAuthSessions = 100;

/** Where a session was last used; unknown fields are null. Clerk knows city and country, Gatehouse does not. */
const addressSchema = z.object({
  ip: z.string().nullable(),
  city: z.string().nullable(),
  country: z.string().nullable(),
});

/**
 * The device that last used a session; unknown fields are null. `name` is a readable summary, such as `Firefox 141 on
 * Windows`. `system` is the operating system, or the kind of device that Clerk names, such as `Macintosh`.
 */
const deviceSchema = z.object({
  name: z.string().nullable(),
  browser: z.string().nullable(),
  system: z.string().nullable(),
  isMobile: z.boolean().nullable(),
  userAgent: z.string().nullable(),
});

/** A session of a person. API keys are not sessions. */
export const authSessionSchema = z.object({
  /** The `jti` of a Gatehouse token, or Clerk's session id (`sess_…`). */
  id: z.string(),
  kind: shownValue(authSessionKinds),
  /** Whether the request that asked used this session. */
  current: z.boolean(),
  /** The Clerk session that was exchanged for this session; null for other sessions. */
  parentId: z.string().nullable(),
  /** Whether somebody else acts as the user in this session of Clerk. */
  impersonated: z.boolean(),
  device: deviceSchema,
  address: addressSchema,
  /** Where the session began. Null for a session of Clerk, which does not say. */
  startedFrom: z.object({ ip: z.string().nullable(), userAgent: z.string().nullable() }).nullable(),
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  expiresAt: timeSchema,
});

/** A session of a person. */
export type AuthSession = z.output<typeof authSessionSchema>;

/** Whether Clerk's sessions are listed. `none`: the user is local and has no sessions at Clerk. */
const clerkListings = ['listed', 'unavailable', 'none'] as const;

/**
 * Lists the sessions of the calling user, or of `user` for admins; the last used first. At most 100 of Gatehouse and 100
 * of Clerk, so there is one page. `truncated`: there are more. `clerk` is `unavailable` when Clerk did not answer in
 * time: `items` are then the sessions of Gatehouse alone.
 */
export const listAuthSessions = defineRequest({
  subject: 'user-sync.auth-sessions.list',
  repeatable: true,
  request: z.strictObject({ user: userRefSchema.optional() }),
  reply: z.object({
    items: z.array(authSessionSchema),
    nextCursor: z.null(),
    clerk: shownValue(clerkListings),
    truncated: z.boolean(),
  }),
});

/**
 * How far the end of sessions has come at Clerk. `revoked`: Clerk has revoked them. `pending`: Clerk did not answer in
 * time; user-sync keeps trying, and Gatehouse rejects the sessions meanwhile. `none`: no session of Clerk was ended.
 */
const clerkEndings = ['revoked', 'pending', 'none'] as const;

/** Result of ending sessions. `closed`: how many sessions of Gatehouse were closed. */
export const endedAuthSessionsSchema = z.object({
  closed: z.number().int().nonnegative(),
  clerk: shownValue(clerkEndings),
  propagation: propagationSchema.nullable(),
});

/** Id of a session of Gatehouse or of Clerk. */
export const authSessionIdSchema = z.union(
  [uuidSchema, clerkSessionIdSchema],
  'must be the id of a session: a UUID, or a Clerk session id (sess_…)',
);

/**
 * Ends one session of the calling user, or of `user` for admins. Replies when no gateway accepts the session any more.
 * The end of a Clerk session also closes the Gatehouse sessions that were exchanged for it. Rejected as `not_found` for
 * a session that does not exist or belongs to another user.
 */
export const endAuthSession = defineRequest({
  subject: 'user-sync.auth-sessions.end',
  request: z.strictObject({ id: authSessionIdSchema, user: userRefSchema.optional() }),
  reply: endedAuthSessionsSchema,
});

/**
 * Ends every session of the calling user that began before, or of `user` for admins. Replies when no gateway accepts
 * them any more. `keepCurrent` keeps the caller's session; for a session that was exchanged for a Clerk session, also
 * the Clerk session. An API key cannot end the sessions of its own user.
 */
export const endAuthSessions = defineRequest({
  subject: 'user-sync.auth-sessions.end-all',
  request: z.strictObject({ keepCurrent: z.boolean().optional(), user: userRefSchema.optional() }),
  reply: endedAuthSessionsSchema,
});

/** Maximum number of uses that one `touchSessions` request reports. */
export const maxSessionUses = 500;

/**
 * Records when, and from where, sessions of Gatehouse were last used. The gateway collects the uses of some seconds in
 * one request; `at` is in milliseconds since the epoch.
 */
export const touchSessions = defineRequest({
  subject: 'user-sync.auth-sessions.touch',
  request: z.strictObject({
    uses: z
      .array(
        z.object({
          sessionId: uuidSchema,
          at: z.number().int().nonnegative(),
          ip: z.string().max(64).optional(),
          userAgent: z.string().max(512).optional(),
        }),
      )
      .max(maxSessionUses),
  }),
  reply: z.object({}),
});
