import { z } from 'zod';
import { apiKeySchema } from './api-key';
import { assistantSessions } from './assistant-sessions';
import { auditEntrySchema } from './audit';
import { authSessionSchema } from './auth-session';
import { items } from './items';
import { pageOf, pageRequestSchema } from './page';
import { reservationSchema, userQuotasSchema } from './quota';
import { movementSchema } from './quota-admin';
import { referralSchema } from './referral';
import { defineRequest } from './request';
import { templates } from './templates';
import { timeSchema } from './time';
import { uploadSchema } from './upload';
import { userSchema } from './user';
import { uuidSchema } from './uuid';
import { webhookEventSchema } from './webhook-event';

/**
 * An audit entry, as the user whom it is about gets it. Says nothing about others: an entry of somebody else's action
 * lacks who, with which credential and from where. An entry of the user's own action on somebody else lacks on whom.
 */
export const exportedAuditEntrySchema = auditEntrySchema.pick({
  id: true,
  at: true,
  action: true,
  outcome: true,
  reason: true,
  actorUserId: true,
  method: true,
  credentialId: true,
  userId: true,
  subject: true,
  requestId: true,
  sourceIp: true,
  userAgent: true,
  details: true,
});

/** An audit entry, as the user whom it is about gets it. */
export type ExportedAuditEntry = z.output<typeof exportedAuditEntrySchema>;

/** An event of Clerk about the user: when it happened and arrived, and its payload while that is stored. */
export const exportedEventSchema = webhookEventSchema
  .pick({ id: true, webhookId: true, eventType: true, status: true, occurredAt: true, createdAt: true })
  .extend({ payload: z.unknown() });

/** Ids of a user in other systems; null where there is none. */
const identifiersSchema = z.object({ externalId: z.string().nullable(), stripeCustomerId: z.string().nullable() });

const fieldValues = z.record(z.string(), z.unknown());

/** What an import of users has set of a user, or plans to set, by field. */
const exportedImportSchema = z.object({
  importId: uuidSchema,
  row: z.number().int(),
  /** Values of the row while they are only planned; otherwise null. */
  planned: fieldValues.nullable(),
  /** Values before the import, and those that it has set; null while planned and after an undo. */
  before: fieldValues.nullable(),
  after: fieldValues.nullable(),
});

/** Rows of imports in an export, newest first. A row has at most 32 KiB, and all fit into one message. */
export const maxExportedImports = 40;

/**
 * Shows the ids of the caller in other systems, and what imports hold about the caller, for the export of its data.
 * `imports` is absent from the reply of release 0.3.0.
 */
export const exportIdentifiers = defineRequest({
  subject: 'user-sync.export.identifiers',
  repeatable: true,
  request: z.strictObject({}),
  reply: identifiersSchema.extend({ imports: z.array(exportedImportSchema).default([]) }),
});

const pageOfOwn = pageRequestSchema.strict();

/** Lists the audit entries of user-sync about the caller, newest first, for the export of its data. */
export const exportAudit = defineRequest({
  subject: 'user-sync.export.audit',
  repeatable: true,
  request: pageOfOwn,
  reply: pageOf(exportedAuditEntrySchema),
});

/** Lists the audit entries of user-data about the caller, newest first, for the export of its data. */
export const exportDataAudit = defineRequest({
  subject: 'user-data.export.audit',
  repeatable: true,
  request: pageOfOwn,
  reply: pageOf(exportedAuditEntrySchema),
});

/** Lists the caller's reservations of quotas that are stored, by id, for the export of its data. */
export const exportReservations = defineRequest({
  subject: 'user-data.export.reservations',
  repeatable: true,
  request: pageOfOwn,
  reply: pageOf(reservationSchema),
});

/** Lists the caller's ledger of all kinds, by kind and oldest first. `actorUserId` is null where an admin acted. */
export const exportMovements = defineRequest({
  subject: 'user-data.export.movements',
  repeatable: true,
  request: pageOfOwn,
  reply: pageOf(movementSchema),
});

/** Lists Clerk's events about the caller, newest first, with their payloads. A page ends early when it gets large. */
export const exportWebhookEvents = defineRequest({
  subject: 'webhook-ingest.export.events',
  repeatable: true,
  request: pageOfOwn,
  reply: pageOf(exportedEventSchema),
});

/** Everything that is stored about a user. The last member is `complete`; without it, the document was cut off. */
export const userExportSchema = z.object({
  exportedAt: timeSchema,
  profile: userSchema,
  /** Ids of the user in the company's own system and at Stripe. */
  identifiers: identifiersSchema,
  /** What imports of users have set of the user or plan to set, while it is stored. */
  imports: z.array(exportedImportSchema),
  /** Sign-in sessions of Gatehouse and Clerk, without credentials. */
  authSessions: z.array(authSessionSchema),
  apiKeys: z.array(apiKeySchema),
  referral: referralSchema,
  quotas: userQuotasSchema,
  items: z.array(items.view),
  templates: z.array(templates.view),
  assistantSessions: z.array(assistantSessions.view),
  uploads: z.array(uploadSchema),
  reservations: z.array(reservationSchema),
  quotaMovements: z.array(movementSchema),
  /** Audit entries of user-sync: sign-ins, sessions, keys, profile, role and tier. */
  auditLog: z.array(exportedAuditEntrySchema),
  /** Audit entries of user-data: what admins did with the user's data. */
  dataAuditLog: z.array(exportedAuditEntrySchema),
  webhookEvents: z.array(exportedEventSchema),
  complete: z.literal(true),
});

/** Everything that is stored about a user. */
export type UserExport = z.output<typeof userExportSchema>;

/** Removes from an audit entry what it says about others than the user; see {@link exportedAuditEntrySchema}. */
export function auditEntryFor(userId: string, entry: ExportedAuditEntry): ExportedAuditEntry {
  const shown = exportedAuditEntrySchema.parse(entry);
  if (entry.actorUserId !== userId) {
    const hidden = { actorUserId: null, method: null, credentialId: null, sourceIp: null, userAgent: null };
    return { ...shown, ...hidden, details: {} };
  }
  if (entry.userId === userId || entry.userId === null) return shown;
  return { ...shown, userId: null, subject: null, details: {} };
}
