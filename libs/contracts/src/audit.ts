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

/** Actions in the audit log. */
export const auditActions = [
  'key.create',
  'key.rotate',
  'key.revoke',
  'login.password',
  'login.phone',
  'console.code',
  'console.sign_in',
  'logout',
  'session.list',
  'session.end',
  'session.end_all',
  'password.token',
  'password.set',
  'profile.update',
  'me.export',
  'referral.use',
  'user.create',
  'user.role',
  'user.tier',
  'user.deactivate',
  'user.activate',
  'user.delete',
  'user.stripe_customer',
  'user.sync',
  'admin_promise.make',
  'admin_promise.use',
  'admin_promise.expire',
  'admin_promise.cancel',
  'reconcile.start',
  'reconcile.approve',
  'reconcile.undo',
  'user_import.upload',
  'user_import.approve',
  'user_import.undo',
  'user_import.discard',
  'user_import.apply',
  'user_import.revert',
  'write_back.retry',
  'metadata_collision.take',
  'metadata_collision.leave',
  'events.redrive',
  'payloads.erase',
  'impersonation',
  'access.refused',
] as const;

/** An action in the audit log. */
export type AuditAction = (typeof auditActions)[number];

/** Actions in the audit log of user-data. Every one of them is an admin's. */
export const dataAuditActions = [
  'data.read',
  'data.list',
  'data.create',
  'data.update',
  'data.delete',
  'data.erase',
  'quota.read',
  'quota.grant',
  'quota.override',
] as const;

/** An action in the audit log of user-data. */
export type DataAuditAction = (typeof dataAuditActions)[number];

/** Services that have an audit log. */
export const auditedServices = ['user-sync', 'user-data'] as const;

/** Whether the action was done or rejected. */
export const auditOutcomes = ['done', 'refused'] as const;

const detailsSchema = z
  .record(z.string().max(64), z.union([z.string().max(256), z.number(), z.boolean(), z.null()]))
  .refine((details) => Object.keys(details).length <= 20, 'has more than 20 entries');

/** One entry of the audit log: who did what with which credential. Never holds a secret. */
export const auditEntrySchema = z.object({
  id: z.string(),
  /** When the action happened. */
  at: timeSchema,
  /**
   * When the database recorded the entry, by the clock of the database. This can be up to a day after the action,
   * because the gateway keeps entries while user-sync is unavailable. Null for entries from before this field existed.
   */
  recordedAt: timeSchema.nullable().default(null),
  action: shownValue([...auditActions, ...dataAuditActions]),
  outcome: shownValue(auditOutcomes),
  /** Why the action was rejected. */
  reason: z.string().nullable(),
  /** The user who acted; null when the caller was not known. */
  actorUserId: uuidSchema.nullable(),
  method: shownValue(authMethods).nullable(),
  /** Id of the API key or session, never the credential itself. */
  credentialId: z.string().nullable(),
  /** The user that the action affected. */
  userId: uuidSchema.nullable(),
  /** What else the action affected, such as the id of a key or a Clerk user id. */
  subject: z.string().nullable(),
  /** The gateway's id of the request; also `x-request-id` of the response and in the logs of every service. */
  requestId: z.string(),
  /** The client's `x-request-id`. Not unique: several requests and callers can have the same. */
  clientRequestId: z.string().nullable().default(null),
  sourceIp: z.string().nullable(),
  userAgent: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

/** One entry of the audit log. */
export type AuditEntry = z.output<typeof auditEntrySchema>;

/**
 * Lists the audit log, newest first; for admins. `userId` is the actor or the affected user; `credentialId` is the API key
 * or session of the actor.
 */
export const listAudit = defineRequest({
  subject: 'user-sync.audit.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    userId: userRefSchema.optional().describe('A user: what it did, and what was done to it.'),
    credentialId: filterText(200).optional().describe('Id of an API key or session with which it was done.'),
    action: z.enum(auditActions).optional(),
    outcome: z.enum(auditOutcomes).optional(),
    since: givenTimeSchema.optional().describe('At or after this moment.'),
    until: givenTimeSchema.optional().describe('Before this moment.'),
  }),
  reply: pageOf(auditEntrySchema),
});

/**
 * Lists the audit log of user-data, newest first; for admins. It holds what admins did with the data of users: user-data
 * records it in the transaction of the action. The filters are those of {@link listAudit}, with our id of the user.
 */
export const listDataAudit = defineRequest({
  subject: 'user-data.audit.list',
  repeatable: true,
  request: listAudit.request.extend({
    userId: uuidSchema.optional(),
    action: z.enum(dataAuditActions).optional(),
  }),
  reply: pageOf(auditEntrySchema),
});

/** Maximum time that an entry may have waited at the gateway before it is recorded; milliseconds. */
export const maxAuditAgeMs = 86_400_000;

/** Records an action that only the gateway saw. The envelope says who did it and from where. */
export const recordAudit = defineRequest({
  subject: 'user-sync.audit.record',
  request: z.object({
    /** An {@link AuditAction}, or an action that only a newer gateway knows. */
    action: z
      .string()
      .regex(/^[a-z_]+(\.[a-z_]+)*$/, 'is not an action')
      .max(64),
    outcome: z.enum(auditOutcomes),
    reason: z.string().max(120).nullable().default(null),
    subject: z.string().max(200).nullable().default(null),
    /** The actor's Clerk session; for actions before the caller has a principal. */
    clerkSessionId: clerkSessionIdSchema.optional(),
    details: detailsSchema.default({}),
    /**
     * How long ago the action happened; milliseconds. An age and not a time, because the clocks of the gateway and
     * user-sync may differ.
     */
    ageMs: z.number().int().nonnegative().max(maxAuditAgeMs).default(0),
  }),
  reply: z.object({}),
});
