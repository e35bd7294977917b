import { z } from 'zod';
import { uuidSchema } from './uuid';

/** Roles, from our database alone. */
export const roles = ['user', 'developer', 'admin'] as const;

/** A user's role. */
export type Role = (typeof roles)[number];

/** Subscription tiers. */
export const tiers = ['free', 'pro', 'enterprise'] as const;

/** A user's subscription tier. */
export type Tier = (typeof tiers)[number];

/** How a caller proved who it is. */
export const authMethods = ['api_key', 'clerk_session', 'legacy_jwt'] as const;

/** How a caller proved who it is. */
export type AuthMethod = (typeof authMethods)[number];

/** Who is calling, the same for each kind of credential. */
export const principalSchema = z.object({
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  method: z.enum(authMethods),
  role: z.enum(roles),
  tier: z.enum(tiers),
  scopes: z.array(z.string()),
  /** Clerk's `sid`, or the `jti` of a legacy token; null for an API key. */
  sessionId: z.string().nullable(),
  /** Which API key it is, for an API key alone. */
  keyId: uuidSchema.optional(),
});

/** Who is calling. */
export type Principal = z.output<typeof principalSchema>;

/** Where the HTTP request behind it came from, for the audit log; without what is not known. */
export const originSchema = z.object({
  sourceIp: z.string().max(64).optional(),
  userAgent: z.string().max(512).optional(),
  /** What the client calls the request, its `x-request-id`; nothing is identified by it. */
  clientRequestId: z.string().max(128).optional(),
});

/** Where the HTTP request behind it came from. */
export type Origin = z.output<typeof originSchema>;

/**
 * What the gateway signs around each request to a service (Ed25519): bound to the subject and the SHA-256 of the body
 * (`bh`, base64url), at most ten seconds old. `principal` is null while the gateway is still finding out who calls.
 * `origin` is absent where no client asked. `iat` and `exp` in milliseconds.
 */
export const envelopeClaimsSchema = z.object({
  sub: z.string(),
  bh: z.string(),
  rid: z.string().min(1).max(128),
  iat: z.number().int(),
  exp: z.number().int(),
  principal: principalSchema.nullable(),
  origin: originSchema.optional(),
});

/** The claims of a principal envelope. */
export type EnvelopeClaims = z.output<typeof envelopeClaimsSchema>;

/** The NATS header that carries the signed envelope. */
export const envelopeHeader = 'Gatehouse-Principal';
