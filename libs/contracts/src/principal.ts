import { z } from 'zod';
import { uuidSchema } from './uuid';

/**
 * Roles of users. A new user can take a role from Clerk's metadata (its seed role). From then on only our database
 * decides: a later change of the metadata has no effect.
 */
export const roles = ['user', 'developer', 'admin'] as const;

/** Role of a user. */
export type Role = (typeof roles)[number];

/** Subscription tiers. */
export const tiers = ['free', 'pro', 'enterprise'] as const;

/** Subscription tier of a user. */
export type Tier = (typeof tiers)[number];

/** A tier as clients name it. `premium` is a former name of `pro`. */
export const givenTierSchema = z.preprocess((value) => (value === 'premium' ? 'pro' : value), z.enum(tiers));

/** Kinds of credential that authenticate a caller. */
export const authMethods = ['api_key', 'clerk_session', 'legacy_jwt'] as const;

/** Kinds of credential that authenticate a caller. */
export type AuthMethod = (typeof authMethods)[number];

/** The caller, in the same form for each kind of credential. */
export const principalSchema = z.object({
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  method: z.enum(authMethods),
  role: z.enum(roles),
  tier: z.enum(tiers),
  scopes: z.array(z.string()),
  /** `sid` of a Clerk session token or `jti` of a legacy token; null for an API key. */
  sessionId: z.string().nullable(),
  /** Id of the API key; only for API keys. */
  keyId: uuidSchema.optional(),
});

/** The caller. */
export type Principal = z.output<typeof principalSchema>;

/** Where the HTTP request came from, for the audit log. Unknown fields are absent. */
export const originSchema = z.object({
  sourceIp: z.string().max(64).optional(),
  userAgent: z.string().max(512).optional(),
  /** The client's `x-request-id`. Not unique. */
  clientRequestId: z.string().max(128).optional(),
});

/** Where the HTTP request came from. */
export type Origin = z.output<typeof originSchema>;

/**
 * Claims of the envelope that the gateway signs (Ed25519) for each request to a service. `sub` is the subject, `bh` the
 * SHA-256 of the body in base64url, `rid` the request id. An envelope is valid for at most ten seconds; `iat` and `exp` are
 * in milliseconds since the epoch. `principal` is null while the gateway is still authenticating the caller. `origin` is
 * absent when the request has no client.
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

/** The claims of an envelope. */
export type EnvelopeClaims = z.output<typeof envelopeClaimsSchema>;

/** NATS header with the signed envelope. */
export const envelopeHeader = 'Gatehouse-Principal';

/** A request that needs an envelope. */
export interface EnvelopeRequest {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly origin?: Origin | undefined;
}

/**
 * Signs the envelopes of requests, in their order. An envelope binds the principal to the NATS subject and the body of its
 * request.
 */
export type EnvelopeSigner = (requests: readonly EnvelopeRequest[]) => readonly string[];
