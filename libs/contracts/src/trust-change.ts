import { z } from 'zod';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';

/** What a change is about: everything known of a user, or one credential of its. */
export const trustChangeKinds = ['user', 'api_key', 'clerk_session', 'legacy_session'] as const;

/** What made the change. */
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

/** What made the change. */
export type TrustChangeReason = (typeof trustChangeReasons)[number];

/** Counts changes without a gap, from 1; 0 before the first. */
export const trustChangeNumberSchema = z.number().int().nonnegative();

const common = {
  number: trustChangeNumberSchema.positive(),
  reason: shownValue(trustChangeReasons),
  /** Milliseconds since the epoch. */
  at: z.number().int().nonnegative(),
};

/**
 * Something that gateways may remember is true no longer. Whatever is remembered of it is to be forgotten, and looked
 * up again when it is next needed. `user`: its role, tier, activity, keys and sessions. `clerk_session`: by Clerk's
 * `sid`; `legacy_session`: by our tokens' `jti`.
 */
export const trustChangeSchema = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('user'), userId: uuidSchema, clerkUserId: z.string().nullable() }),
  z.object({ ...common, kind: z.literal('api_key'), keyId: uuidSchema, userId: uuidSchema }),
  z.object({ ...common, kind: z.literal('clerk_session'), sessionId: z.string(), clerkUserId: z.string() }),
  z.object({ ...common, kind: z.literal('legacy_session'), sessionId: uuidSchema, userId: uuidSchema }),
]);

/** A change of whom or what is trusted. */
export type TrustChange = z.output<typeof trustChangeSchema>;

/** The most changes that one message carries. */
export const maxTrustChangesPerMessage = 500;

/**
 * What user-sync tells all gateways: at once after a change, and each second. `changes` are in order and without a gap
 * among themselves, the last at most `current`. A gateway for which the first is not the next, or that has not reached
 * `current` after them, has missed some and asks for them.
 */
export const trustChangesAnnouncement = {
  subject: 'user-sync.changes.announce',
  message: z.object({
    current: trustChangeNumberSchema,
    changes: z.array(trustChangeSchema).max(maxTrustChangesPerMessage),
  }),
} as const;

/** What user-sync tells all gateways. */
export type TrustChangesAnnouncement = z.output<typeof trustChangesAnnouncement.message>;

/** How often the current number is repeated, and how long a gateway that hears nothing trusts its memory; milliseconds. */
export const trustChangeHeartbeat = { intervalMs: 1_000, silenceMs: 3_000 } as const;

/**
 * The changes after a number. Those up to `floor` are not kept any more: a gateway that had seen less than that forgets
 * everything. There are more to ask for while the last one is below `current`.
 */
export const trustChangesSince = defineRequest({
  subject: 'user-sync.changes.since',
  request: z.object({ number: trustChangeNumberSchema }),
  reply: z.object({
    current: trustChangeNumberSchema,
    floor: trustChangeNumberSchema,
    changes: z.array(trustChangeSchema).max(maxTrustChangesPerMessage),
  }),
});

/** How long a gateway's lease lasts, and how often it is renewed; milliseconds. */
export const gatewayLease = { lengthMs: 3_000, renewMs: 1_000 } as const;

/**
 * Registers a gateway, or renews its lease; `number` is the last change that it has taken in, `ending` gives the lease
 * up. A gateway remembers nothing that it was told before its first lease.
 */
export const leaseGateway = defineRequest({
  subject: 'user-sync.gateways.lease',
  request: z.object({ gatewayId: uuidSchema, number: trustChangeNumberSchema, ending: z.boolean().default(false) }),
  reply: z.object({ current: trustChangeNumberSchema, leaseMs: z.number().int().nonnegative() }),
});

/** Says that a gateway has taken in all changes up to `number`. One at a time will do: a later one covers the earlier. */
export const acknowledgeTrustChanges = defineRequest({
  subject: 'user-sync.gateways.ack',
  request: z.object({ gatewayId: uuidSchema, number: trustChangeNumberSchema }),
  reply: z.object({}),
});

/**
 * How far a change had come when the call that made it was answered. `gateways`: those with a live lease when it was
 * made; each has `acknowledged` it or its lease has run out (`expired`), except when the sum is smaller: then the call
 * was not allowed to wait any longer.
 */
export const propagationSchema = z.object({
  number: trustChangeNumberSchema,
  gateways: z.number().int().nonnegative(),
  acknowledged: z.number().int().nonnegative(),
  expired: z.number().int().nonnegative(),
  tookMs: z.number().nonnegative(),
});

/** How far a change had come when the call that made it was answered. */
export type Propagation = z.output<typeof propagationSchema>;
