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
  /** The webhook's id; for another source, `<source>:<what caused it>`. */
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
 * A user's story: what holds of it now, and one page of its steps, each an event or snapshot with its decision. The first
 * page holds the newest; within a page the oldest comes first, as it is told.
 */
export const explanationSchema = z.object({
  userId: uuidSchema.nullable(),
  clerkUserId: z.string().nullable(),
  state: shownValue(['live', 'deleted', 'unknown']),
  version: versionSchema,
  /** What Clerk says about the user's access; null for local, deleted and unknown users. */
  atClerk: z
    .object({
      banned: z.boolean(),
      deprovisioned: z.boolean(),
      /** Refused sign-ins at Clerk, for now; affects neither keys nor sessions. */
      locked: z.boolean(),
      /** Null when the user is not locked, or is locked without an end. */
      lockoutExpiresAt: timeSchema.nullable(),
    })
    .nullable()
    .default(null),
  deletedAt: timeSchema.nullable(),
  /** Until when the personal data of a deletion that no webhook told of is kept, so that it can be undone. */
  redactsAt: timeSchema.nullable(),
  tombstone: z.object({ at: timeSchema, because: z.string() }).nullable(),
  steps: z.array(stepSchema),
  /** Leads to the page of older steps; null when there are none. */
  nextCursor: z.string().nullable(),
  /** The last walk over Clerk's users that met it; one that changed nothing is no step. */
  lastSighting: z
    .object({ runId: uuidSchema, decision: z.string(), version: versionSchema, at: timeSchema })
    .nullable(),
  conflicts: z.array(userConflictSchema.omit({ id: true })),
  /** What Clerk is owed of the user; null when nothing ever was, and of a deleted one. */
  writeBack: writeBackSchema.nullable(),
  /** Our values in Clerk's `publicMetadata` beside Clerk's, by key; none of a local or deleted user. */
  metadata: z.array(metadataStateSchema).optional(),
});

/** A user's story, one page of it. */
export type Explanation = z.output<typeof explanationSchema>;

/** Tells a user's story; for admins. */
export const explainUser = defineRequest({
  subject: 'user-sync.users.explain',
  request: z.strictObject({
    id: userRefSchema,
    ...pageRequestSchema.shape,
  }),
  reply: explanationSchema,
});
