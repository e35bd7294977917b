import { z } from 'zod';
import { asOfTrustChange, propagationSchema } from './trust-change';
import { givenTimeSchema, timeSchema } from './time';
import { pageOf, pageRequestSchema } from './page';
import { idempotent, replayable } from './idempotency';
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

/** Maximum time that a rotated key stays valid beside its successor; hours. */
export const maxGraceHours = 24;

/** State of a key. `rotated`: it has a successor and is valid until its grace period ends. */
export const apiKeyStates = ['active', 'rotated', 'expired', 'revoked'] as const;

/** A key as its holder and admins see it. The key itself is returned once, when it is created. */
export const apiKeySchema = z.object({
  id: uuidSchema,
  userId: uuidSchema,
  name: z.string(),
  /** The first characters of the key, so that people can recognize it. */
  prefix: z.string(),
  scopes: z.array(z.string()),
  state: shownValue(apiKeyStates),
  /** Requests per minute; null when only the limit of the tier applies. */
  rateLimit: z.number().int().positive().nullable(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
  /** Id of the key that replaced this key; null when none did. */
  replacedBy: uuidSchema.nullable(),
});

/** A key as its holder and admins see it. */
export type ApiKey = z.output<typeof apiKeySchema>;

/** A key that was just created. `key` is the key itself, which is never returned again. */
export const newApiKeySchema = apiKeySchema.extend({ key: z.string() });

/** A key that was just created, with the key itself. */
export type NewApiKey = z.output<typeof newApiKeySchema>;

/** Properties of a key to create. */
export const apiKeyDraftSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: scopesSchema,
  expiresAt: givenTimeSchema.nullable().optional(),
  rateLimit: z.number().int().min(1).max(100_000).nullable().optional(),
});

/** Properties of a key to create. */
export type ApiKeyDraft = z.output<typeof apiKeyDraftSchema>;

/**
 * Creates a key for the calling user. An API key cannot create another key, because the new key would outlive the
 * revocation of the old one. With an idempotency key, the session that created the API key gets the same reply for ten
 * minutes; later, and in other sessions, the request is refused as `idempotency_secret_gone`.
 */
export const createKey = defineRequest({
  subject: 'user-sync.keys.create',
  request: apiKeyDraftSchema.extend(idempotent),
  reply: newApiKeySchema.extend(replayable),
});

/** Lists the keys of the calling user, newest first. Admins can list the keys of `userId`, or with `all` every key. */
export const listKeys = defineRequest({
  subject: 'user-sync.keys.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    userId: userRefSchema.optional(),
    all: z.stringbool().or(z.boolean()).optional(),
  }),
  reply: pageOf(apiKeySchema),
});

/**
 * The valid keys of one line. A line is a key with all its predecessors and successors by rotation. `until`: when the
 * key expires; null for a key without an expiry.
 */
export const stillValidSchema = z.array(z.object({ id: uuidSchema, prefix: z.string(), until: timeSchema.nullable() }));

/**
 * Replaces a key of the calling user by a new key; the old key stays valid for `graceHours`. With `predecessors`, also
 * revokes the keys that the old key had replaced. `stillValid` lists the older keys of the line that are still valid:
 * the old key and its predecessors. `stillValid` is optional, because user-sync of the previous release does not send
 * it.
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
 * Revokes a key of the calling user, or any key for an admin. With `predecessors`, also revokes every key that this key
 * replaced, directly or through others. Revoking a revoked key changes nothing. `stillValid` lists all other keys of
 * the line that are still valid. `stillValid` is optional, because user-sync of the previous release does not send it.
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
 * Returns the holder and the rights of a key; null when the key does not exist. `hash` is the SHA-256 of the whole key, in
 * hex. `expiresAt` is in milliseconds since the epoch, so that the gateway can expire the key without another request.
 */
export const resolveKey = defineRequest({
  subject: 'user-sync.keys.resolve',
  repeatable: true,
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

/** Maximum number of key uses that one `touchKeys` request reports. */
export const maxKeyUses = 1_000;

/**
 * Records when keys were last used. The gateway collects the uses of some seconds in one request; `at` is in
 * milliseconds since the epoch.
 */
export const touchKeys = defineRequest({
  subject: 'user-sync.keys.touch',
  request: z.object({
    uses: z.array(z.object({ keyId: uuidSchema, at: z.number().int().nonnegative() })).max(maxKeyUses),
  }),
  reply: z.object({}),
});
