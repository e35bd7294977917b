import { z } from 'zod';
import { asOfTrustChange, propagationSchema } from './trust-change';
import { givenTimeSchema, timeSchema } from './time';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { holderSchema } from './holder';
import { shownValue } from './shown-value';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';
import { scopeSchema } from './scope';

const scopesSchema = z
  .array(scopeSchema)
  .min(1)
  .max(50)
  .transform((scopes) => [...new Set(scopes)]);

/** The longest that a rotated key stays valid beside its successor; hours. */
export const maxGraceHours = 24;

/** What a key is now. `rotated`: its successor is there, and it is valid until its grace ends. */
export const apiKeyStates = ['active', 'rotated', 'expired', 'revoked'] as const;

/** A key as its holder and admins see it; the key itself is shown once, when it is made. Times are ISO 8601 in UTC. */
export const apiKeySchema = z.object({
  id: uuidSchema,
  userId: uuidSchema,
  name: z.string(),
  /** The beginning of the key, for recognizing it. */
  prefix: z.string(),
  scopes: z.array(z.string()),
  state: shownValue(apiKeyStates),
  /** Requests a minute; null where the tier's limit alone holds. */
  rateLimit: z.number().int().positive().nullable(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
  /** The key that came in its place. */
  replacedBy: uuidSchema.nullable(),
});

/** A key as its holder and admins see it. */
export type ApiKey = z.output<typeof apiKeySchema>;

/** A key that was just made, with the key itself: the only time that it is told. */
export const newApiKeySchema = apiKeySchema.extend({ key: z.string() });

/** What a new key is asked to be. */
export const apiKeyDraftSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: scopesSchema,
  expiresAt: givenTimeSchema.nullable().optional(),
  rateLimit: z.number().int().min(1).max(100_000).nullable().optional(),
});

/** What a new key is asked to be. */
export type ApiKeyDraft = z.output<typeof apiKeyDraftSchema>;

/** Makes a key for the calling user. An API key cannot make another: it would outlive its own revocation. */
export const createKey = defineRequest({
  subject: 'user-sync.keys.create',
  request: apiKeyDraftSchema,
  reply: newApiKeySchema,
});

/** Lists keys, newest first: the calling user's, or for admins those of `userId`, or with `all` everybody's. */
export const listKeys = defineRequest({
  subject: 'user-sync.keys.list',
  request: pageRequestSchema.extend({
    userId: userRefSchema.optional(),
    all: z.stringbool().or(z.boolean()).optional(),
  }),
  reply: pageOf(apiKeySchema),
});

/**
 * Keys that replaced each other by rotation and are still valid. `until`: when the key ends by itself (ISO 8601 in UTC);
 * null when it does not.
 */
export const stillValidSchema = z.array(z.object({ id: uuidSchema, prefix: z.string(), until: timeSchema.nullable() }));

/**
 * Puts a new key in the place of one of the calling user's; the old one stays valid for `graceHours`. `predecessors`: the
 * keys that the old one replaced end at once. `stillValid`: the older keys of this line that are still valid; the release
 * before does not send it.
 */
export const rotateKey = defineRequest({
  subject: 'user-sync.keys.rotate',
  request: z.strictObject({
    id: uuidSchema,
    graceHours: z.number().min(0).max(maxGraceHours).default(0),
    predecessors: z.boolean().default(false),
  }),
  reply: z.object({
    key: newApiKeySchema,
    old: apiKeySchema,
    stillValid: stillValidSchema.optional(),
    propagation: propagationSchema.nullable(),
  }),
});

/**
 * Revokes a key of the calling user, or any key when an admin calls; with `predecessors` also the keys that it replaced,
 * directly or one after another. Revoking it again changes nothing. `stillValid`: the keys of its line, older and newer,
 * that are still valid; the release before does not send it.
 */
export const revokeKey = defineRequest({
  subject: 'user-sync.keys.revoke',
  request: z.strictObject({ id: uuidSchema, predecessors: z.boolean().default(false) }),
  reply: z.object({
    key: apiKeySchema,
    stillValid: stillValidSchema.optional(),
    propagation: propagationSchema.nullable(),
  }),
});

/**
 * Whose key this is and what it may do; null when there is no such key. `expiresAt` in milliseconds: the gateway minds
 * it by itself. `hash` is the SHA-256 of the whole key, in hex.
 */
export const resolveKey = defineRequest({
  subject: 'user-sync.keys.resolve',
  request: z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex') }),
  reply: z.object({
    ...asOfTrustChange,
    key: z
      .object({
        ...holderSchema.shape,
        keyId: uuidSchema,
        scopes: z.array(z.string()),
        state: z.enum(apiKeyStates),
        expiresAt: z.number().int().nullable(),
        rateLimit: z.number().int().positive().nullable(),
      })
      .nullable(),
  }),
});

/** The most uses that one message tells of. */
export const maxKeyUses = 1_000;

/** Tells when keys were last used, gathered over some seconds; `at` in milliseconds. */
export const touchKeys = defineRequest({
  subject: 'user-sync.keys.touch',
  request: z.object({
    uses: z.array(z.object({ keyId: uuidSchema, at: z.number().int().nonnegative() })).max(maxKeyUses),
  }),
  reply: z.object({}),
});
