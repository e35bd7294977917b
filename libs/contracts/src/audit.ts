import { z } from 'zod';
import { filterText } from './filter-text';
import { givenTimeSchema, timeSchema } from './time';
import { pageOf, pageRequestSchema } from './page';
import { authMethods } from './principal';
import { defineRequest } from './request';
import { clerkSessionIdSchema } from './clerk-user';
import { shownValue } from './shown-value';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';

/** What is written down: who did what with which credential. */
export const auditActions = [
  'key.create',
  'key.rotate',
  'key.revoke',
  'login.password',
  'login.phone',
  'logout',
  'password.token',
  'password.set',
  'profile.update',
  'user.create',
  'user.role',
  'user.tier',
  'user.deactivate',
  'user.activate',
  'user.sync',
  'admin_promise.make',
  'admin_promise.use',
  'admin_promise.expire',
  'admin_promise.cancel',
  'reconcile.start',
  'reconcile.approve',
  'reconcile.undo',
  'write_back.retry',
  'metadata_collision.take',
  'metadata_collision.leave',
  'events.redrive',
  'payloads.erase',
  'impersonation',
  'access.refused',
] as const;

/** What is written down. */
export type AuditAction = (typeof auditActions)[number];

/** Whether it was done, or refused. */
export const auditOutcomes = ['done', 'refused'] as const;

const detailsSchema = z
  .record(z.string().max(64), z.union([z.string().max(256), z.number(), z.boolean(), z.null()]))
  .refine((details) => Object.keys(details).length <= 20, 'has more than 20 entries');

/** One entry of the audit log; never holds a secret. Times are ISO 8601 in UTC. */
export const auditEntrySchema = z.object({
  id: z.string(),
  /** When it happened. */
  at: timeSchema,
  /** When the database recorded it, in its own words: up to a day later. Null for old entries. */
  recordedAt: timeSchema.nullable().default(null),
  action: shownValue(auditActions),
  outcome: shownValue(auditOutcomes),
  /** Why it was refused. */
  reason: z.string().nullable(),
  /** Who did it; null while nobody was known. */
  actorUserId: uuidSchema.nullable(),
  method: shownValue(authMethods).nullable(),
  /** The API key's id or the session's id, never the credential. */
  credentialId: z.string().nullable(),
  /** Whom it was done to. */
  userId: uuidSchema.nullable(),
  /** What it was done to, where that is no user: a key's id, a Clerk user id. */
  subject: z.string().nullable(),
  /** Our own id of the request, also in the answer's `x-request-id` and in the logs of every service. */
  requestId: z.string(),
  /** The client's `x-request-id`: several requests, also of several callers, can have the same. */
  clientRequestId: z.string().nullable().default(null),
  sourceIp: z.string().nullable(),
  userAgent: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

/** One entry of the audit log. */
export type AuditEntry = z.output<typeof auditEntrySchema>;

/**
 * Lists the audit log to admins, newest first. `userId`: who did it or whom it was done to; `credentialId`: with which
 * API key or session it was done.
 */
export const listAudit = defineRequest({
  subject: 'user-sync.audit.list',
  request: pageRequestSchema.extend({
    userId: userRefSchema.optional(),
    credentialId: filterText(200).optional(),
    action: z.enum(auditActions).optional(),
    outcome: z.enum(auditOutcomes).optional(),
    since: givenTimeSchema.optional(),
    until: givenTimeSchema.optional(),
  }),
  reply: pageOf(auditEntrySchema),
});

/** How long an entry may have waited at the gateway, milliseconds. */
export const maxAuditAgeMs = 86_400_000;

/** Writes down what the gateway alone has seen; who did it, and from where, is in the envelope. */
export const recordAudit = defineRequest({
  subject: 'user-sync.audit.record',
  request: z.object({
    /** An {@link AuditAction}; one of a newer gateway is written down like any other. */
    action: z
      .string()
      .regex(/^[a-z_]+(\.[a-z_]+)*$/, 'is not an action')
      .max(64),
    outcome: z.enum(auditOutcomes),
    reason: z.string().max(120).nullable().default(null),
    subject: z.string().max(200).nullable().default(null),
    /** The Clerk session with which it was done, where the envelope names nobody yet. */
    clerkSessionId: clerkSessionIdSchema.optional(),
    details: detailsSchema.default({}),
    /** How long ago it happened, milliseconds: the two hosts' clocks need not agree. */
    ageMs: z.number().int().nonnegative().max(maxAuditAgeMs).default(0),
  }),
  reply: z.object({}),
});
