import { z } from 'zod';
import { pageRequestSchema } from './page';
import { defineRequest } from './request';
import { userRefSchema } from './user-ref';
import { userConflictSchema } from './user-conflict';
import { writeBackSchema } from './write-back';
import { metadataStateSchema } from './metadata-collision';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/** Clerk's `updated_at`, milliseconds since the epoch. */
const versionSchema = z.number().int().nullable();

const stepSchema = z.object({
  /**
   * Webhook id, if `source` is `webhook`. Any other id begins with the source, such as `sync:<uuid>` or
   * `reconcile:<run id>:<Clerk user id>`.
   */
  id: z.string(),
  source: z.string(),
  eventType: z.string(),
  decision: z.string(),
  reason: z.string(),
  versionSeen: versionSchema,
  versionBefore: versionSchema,
  versionAfter: versionSchema,
  attempt: z.number().int().nonnegative(),
  correlationId: z.string(),
  at: timeSchema,
});

/**
 * Explanation of a user: its state now, and one page of its steps. A step is an observation with its decision. The first
 * page has the newest steps; within a page the oldest step comes first.
 */
export const explanationSchema = z.object({
  userId: uuidSchema.nullable(),
  clerkUserId: z.string().nullable(),
  state: shownValue(['live', 'deleted', 'unknown']),
  version: versionSchema,
  /** The user's access at Clerk; null for local, deleted and unknown users. */
  atClerk: z
    .object({
      banned: z.boolean(),
      deprovisioned: z.boolean(),
      /** Whether Clerk rejects the user's sign-ins for now. Sessions and keys stay valid. */
      locked: z.boolean(),
      /** When the lockout ends; null without a lockout, or if the lockout has no end. */
      lockoutExpiresAt: timeSchema.nullable(),
    })
    .nullable()
    .default(null),
  deletedAt: timeSchema.nullable(),
  /**
   * For a user whom a reconcile run deleted: when the personal data is redacted. Until then the user can be restored.
   */
  redactsAt: timeSchema.nullable(),
  tombstone: z.object({ at: timeSchema, because: z.string() }).nullable(),
  steps: z.array(stepSchema),
  /** Cursor of the page with older steps; null when there are none. */
  nextCursor: z.string().nullable(),
  /**
   * The last reconcile run that found the user. A run that changed nothing appears only here and not among the steps.
   */
  lastSighting: z
    .object({ runId: uuidSchema, decision: z.string(), version: versionSchema, at: timeSchema })
    .nullable(),
  conflicts: z.array(userConflictSchema.omit({ id: true })),
  /** Null for a deleted user, and when no write-back was ever queued for the user. */
  writeBack: writeBackSchema.nullable(),
  /** For each of our keys in `publicMetadata`: our value and Clerk's. Empty for a local or deleted user. */
  metadata: z.array(metadataStateSchema).optional(),
});

/** Explanation of a user. */
export type Explanation = z.output<typeof explanationSchema>;

/** Explains how a user came into its state; for admins. */
export const explainUser = defineRequest({
  subject: 'user-sync.users.explain',
  repeatable: true,
  request: z.strictObject({
    id: userRefSchema,
    ...pageRequestSchema.shape,
  }),
  reply: explanationSchema,
});
