import { z } from 'zod';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';

/** Why trust changed. */
export const trustChangeReasons = [
  'role',
  'tier',
  'deactivated',
  'activated',
  'deleted',
  'clerk_ban_or_deprovisioning',
  'revoked',
  'rotated',
  'scopes',
  'signed_out',
  'parent_session_ended',
  'password_set',
] as const;

/** Why trust changed. */
export type TrustChangeReason = (typeof trustChangeReasons)[number];

/** Number of a trust change: 1, 2, 3 and so on, without gaps. 0 means that there was no trust change yet. */
export const trustChangeNumberSchema = z.number().int().nonnegative();

/**
 * Field of replies and announcements with a number: names the run of the PostgreSQL server that the number comes from. It
 * changes at a restart, a failover and a restore, each of which may have lost the newest trust changes. Later trust
 * changes then get their numbers again. A gateway that has seen another epoch drops its whole cache. Replicas
 * of release 0.2 leave it out.
 */
export const trustChangeEpoch = { epoch: z.string().min(1).max(200).optional() };

/**
 * Field of every reply that a gateway may cache: the number of the last trust change when user-sync read the data of
 * the reply from its database. A gateway that has seen a later change uses the reply once and does not cache it.
 */
export const asOfTrustChange = { change: trustChangeNumberSchema };

const common = {
  number: trustChangeNumberSchema.positive(),
  reason: shownValue(trustChangeReasons),
  /** Milliseconds since the epoch. */
  at: z.number().int().nonnegative(),
};

/**
 * Tells gateways to drop what they have cached about a user or a credential, and to look it up again when needed. Kind
 * `user` covers the role, the tier, whether the user is active, and all keys and sessions of the user. `sessionId` is
 * Clerk's `sid` for a `clerk_session`, and the `jti` of our tokens for a `legacy_session`.
 */
export const trustChangeSchema = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('user'), userId: uuidSchema, clerkUserId: z.string().nullable() }),
  z.object({ ...common, kind: z.literal('api_key'), keyId: uuidSchema, userId: uuidSchema }),
  z.object({ ...common, kind: z.literal('clerk_session'), sessionId: z.string(), clerkUserId: z.string() }),
  z.object({ ...common, kind: z.literal('legacy_session'), sessionId: uuidSchema, userId: uuidSchema }),
]);

/** A change that gateways must learn: of a user's role or tier, of whether the user is active, or of a credential. */
export type TrustChange = z.output<typeof trustChangeSchema>;

/** Maximum trust changes in one message. */
export const maxTrustChangesPerMessage = 500;

/**
 * Message of user-sync to all gateways, sent at once after a trust change and every second. `changes` are in order and
 * without gaps; the last number is at most `current`. A gateway has missed changes in two cases, and then requests
 * `trustChangesSince`:
 * - The first of `changes` does not follow the last change that the gateway applied.
 * - After applying `changes`, the gateway is still below `current`.
 */
export const trustChangesAnnouncement = {
  subject: 'user-sync.changes.announce',
  message: z.object({
    ...trustChangeEpoch,
    current: trustChangeNumberSchema,
    changes: z.array(trustChangeSchema).max(maxTrustChangesPerMessage),
  }),
} as const;

/** Message of user-sync to all gateways. */
export type TrustChangesAnnouncement = z.output<typeof trustChangesAnnouncement.message>;

/**
 * How often user-sync announces the current number, and how long a gateway trusts its cache without an announcement;
 * milliseconds. Change it together with `gatewayLease`.
 */
export const trustChangeHeartbeat = { intervalMs: 1_000, silenceMs: 3_000 } as const;

/**
 * Returns the trust changes after a number. Changes up to `floor` were deleted: a gateway that had not reached `floor`
 * drops its whole cache. If the last returned change is below `current`, request again: there are more changes.
 */
export const trustChangesSince = defineRequest({
  subject: 'user-sync.changes.since',
  repeatable: true,
  request: z.object({ number: trustChangeNumberSchema }),
  reply: z.object({
    ...trustChangeEpoch,
    current: trustChangeNumberSchema,
    floor: trustChangeNumberSchema,
    changes: z.array(trustChangeSchema).max(maxTrustChangesPerMessage),
  }),
});

/**
 * How far a trust change had reached the gateways when the call that made the change returned. `gateways`: number of
 * gateways with a lease when the change was made. `acknowledged`: how many of these gateways applied the change.
 * `expired`: how many lost their lease instead. If both together are fewer than `gateways`, the call reached its time
 * limit. `tookMs`: milliseconds that the call waited.
 */
export const propagationSchema = z.object({
  number: trustChangeNumberSchema,
  gateways: z.number().int().nonnegative(),
  acknowledged: z.number().int().nonnegative(),
  expired: z.number().int().nonnegative(),
  tookMs: z.number().nonnegative(),
});

/** How far a trust change had reached the gateways when the call that made the change returned. */
export type Propagation = z.output<typeof propagationSchema>;
