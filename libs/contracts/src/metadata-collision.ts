import { z } from 'zod';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/**
 * State of a metadata collision. `open`: waits for a decision of an admin. `taking`: an admin chose our value, which is
 * not written yet. `left`: an admin chose to keep Clerk's value. `taken`: our value was written. `gone`: Clerk's value
 * changed or was removed, or the user was deleted.
 */
export const metadataCollisionStates = ['open', 'taking', 'left', 'taken', 'gone'] as const;

/** State of a metadata collision. */
export type MetadataCollisionState = (typeof metadataCollisionStates)[number];

const collisionIdSchema = z.string().regex(/^[1-9]\d{0,17}$/, 'is not the id of a metadata collision');

/** Path below `publicMetadata`, such as `role` or `gatehouse.role`. */
const keySchema = z.string().min(1).max(80);

/**
 * A metadata collision: a value at one of Gatehouse's keys in a user's `publicMetadata` that is not Gatehouse's value.
 * Times are ISO 8601 in UTC.
 */
export const metadataCollisionSchema = z.object({
  id: z.string(),
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  /** Path below `publicMetadata`, such as `role` or `gatehouse.role`. */
  key: z.string(),
  /** JSON text of Clerk's value, cut to 256 bytes; null after the user's personal data was redacted. */
  clerkValue: z.string().nullable(),
  /**
   * Our value. Null if `key` is the key that `CLERK_METADATA_KEY` configures, such as `gatehouse`. At that key, Clerk
   * should have an object with all our values, but has something else.
   */
  ourValue: z.string().nullable(),
  state: shownValue(metadataCollisionStates),
  detectedAt: timeSchema,
  decidedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
});

/** A value at one of Gatehouse's keys in a user's `publicMetadata` that is not Gatehouse's value. */
export type MetadataCollision = z.output<typeof metadataCollisionSchema>;

/** Lists metadata collisions to admins, newest first; open ones unless `state` asks for others. */
export const listMetadataCollisions = defineRequest({
  subject: 'user-sync.metadata-collisions.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    state: z.enum(metadataCollisionStates).default('open'),
    key: keySchema.optional(),
  }),
  reply: pageOf(metadataCollisionSchema),
});

/** What admins can decide about a metadata collision: write our value, or keep Clerk's. */
export const metadataDecisions = ['take', 'leave'] as const;

/** What admins can decide about a metadata collision. */
export type MetadataDecision = (typeof metadataDecisions)[number];

/**
 * Decides one collision; for admins. In the states `taking` and `left`, replaces the earlier decision. Rejected as
 * `not_found` for an unknown id, and as `conflict` when the collision has ended (state `taken` or `gone`).
 */
export const decideMetadataCollision = defineRequest({
  subject: 'user-sync.metadata-collisions.decide-one',
  request: z.strictObject({ id: collisionIdSchema, decision: z.enum(metadataDecisions) }),
  reply: metadataCollisionSchema,
});

/** Selects open collisions: by their ids, or by key and, optionally, Clerk's whole value. */
export const metadataSelectionSchema = z
  .strictObject({
    ids: z.array(collisionIdSchema).min(1).max(1_000).optional(),
    filter: z
      .strictObject({
        key: keySchema,
        /** Clerk's whole value, as JSON. The members of an object may be in any order. */
        value: z.unknown().optional(),
      })
      .optional(),
    /** Whether to count the matching collisions and decide none. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), 'needs either ids or filter');

/** Maximum collisions that one bulk decision changes. */
export const maxMetadataDecisions = 5_000;

/** Decides many open collisions at once; for admins. At most 5000 per call; repeat while `remaining` is not 0. */
export const decideMetadataCollisions = defineRequest({
  subject: 'user-sync.metadata-collisions.decide',
  request: metadataSelectionSchema.safeExtend({ decision: z.enum(metadataDecisions) }),
  reply: z.object({
    /** Open collisions that the selection matches. */
    matched: z.number().int().nonnegative(),
    /** Collisions that this call decided; 0 in a dry run. */
    decided: z.number().int().nonnegative(),
    remaining: z.number().int().nonnegative(),
    dryRun: z.boolean(),
  }),
});

/**
 * One of Gatehouse's keys in a user's `publicMetadata`, with our value and Clerk's. `ours`: Clerk has our value.
 * `pending`: our value is not written yet. `failed`: Clerk rejected our value. `collision`, `taking` and `left`: Clerk
 * has another value. `collision` waits for a decision of an admin. {@link metadataCollisionStates} explains `taking`
 * and `left`.
 */
export const metadataStateSchema = z.object({
  key: z.string(),
  ourValue: z.string().nullable(),
  /** JSON text of Clerk's value when it was last read, cut to 256 bytes; null when there is none. */
  clerkValue: z.string().nullable(),
  state: shownValue(['ours', 'pending', 'failed', 'collision', 'taking', 'left']),
});

/**
 * Whether Clerk's `publicMetadata` has `dbId` (our user id) and `role`, so that session tokens can contain them.
 * `pending`: Clerk will have them soon. `collision`: Clerk has another value at one of our keys. An admin must decide
 * first, or has decided to keep Clerk's value, so do not wait. `failed`: Clerk rejected the write. `off`: write-backs
 * are disabled.
 */
export const metadataProgress = ['written', 'pending', 'collision', 'failed', 'off'] as const;

/** Whether Clerk's `publicMetadata` has our values. */
export type MetadataProgress = (typeof metadataProgress)[number];

/** One of Gatehouse's keys in a user's `publicMetadata`. */
export type MetadataState = z.output<typeof metadataStateSchema>;
