import { z } from 'zod';
import { filterText } from './filter-text';
import { idempotent, replayable } from './idempotency';
import { ownerSchema } from './owner';
import { pageOf, pageRequestSchema } from './page';
import { tiers } from './principal';
import { quotaAmountSchema, quotaPeriodSchema } from './quota';
import { quotaKinds } from './quota-standing';
import { defineRequest } from './request';
import { resourceKinds } from './resource';
import { shownValue } from './shown-value';
import { timeSchema } from './time';
import { uuidSchema } from './uuid';

/** Kinds that are limited for each user: quotas per month, and numbers of resources. */
export const limitKinds = [...quotaKinds, ...resourceKinds] as const;

/** Largest limit that an admin can set, and most that can be granted for one month. */
export const maxQuotaLimit = 1_000_000_000_000_000;

/** Why an admin changed a limit; for the ledger and the audit log. */
const reasonSchema = filterText(200).trim().min(1);

/** What limits a user in one kind, and for a quota what is left of it in the current month. */
export const limitStateSchema = z.object({
  kind: shownValue(limitKinds),
  /** The limit of the user's tier. */
  tierLimit: z.int(),
  /** The limit that an admin has set instead; null without one. */
  override: z
    .object({ limit: z.int(), reason: z.string().nullable(), setAt: timeSchema, setBy: uuidSchema })
    .nullable(),
  /** What an admin has granted for the current month; null for a resource. */
  granted: z.int().nullable(),
  /** `override` or else `tierLimit`, plus `granted`. */
  limit: z.int(),
  /** For a quota, what was consumed and committed in the current month; for a resource, the number of rows. */
  used: z.int(),
  /** What open reservations hold; null for a resource. */
  reserved: z.int().nullable(),
  /** May be negative. */
  remaining: z.int(),
  /** Number of open reservations; null for a resource. */
  openReservations: z.int().nullable(),
  /** The current month; null for a resource. */
  period: quotaPeriodSchema.nullable(),
  /** When the quota renews; null for a resource. */
  renewsAt: timeSchema.nullable(),
});

/** What limits a user in one kind. */
export type LimitState = z.output<typeof limitStateSchema>;

/** Returns what limits a user, by kind; for admins. */
export const inspectQuotas = defineRequest({
  subject: 'user-data.quotas.inspect',
  repeatable: true,
  request: z.strictObject({ owner: ownerSchema }),
  reply: z.object({
    userId: uuidSchema,
    tier: shownValue(tiers),
    documentsUploaded: z.int(),
    items: z.array(limitStateSchema),
  }),
});

/** Movements of the quota ledger. */
export const movementTypes = [
  'consume',
  'reserve',
  'commit',
  'release',
  'expire',
  'grant',
  'limit_set',
  'limit_removed',
] as const;

/** A movement of the quota ledger. */
export type MovementType = (typeof movementTypes)[number];

/** One entry of the quota ledger. Entries are never changed. */
export const movementSchema = z.object({
  id: z.string(),
  at: timeSchema,
  kind: shownValue(limitKinds),
  type: shownValue(movementTypes),
  /** What was consumed, reserved, committed, released, expired or granted; the new limit for `limit_set`. */
  amount: z.int(),
  /** The month of the quota; null for a resource. */
  period: quotaPeriodSchema.nullable(),
  /** The reservation or the upload; null for other movements. */
  subjectId: uuidSchema.nullable(),
  /** State of the quota after the movement; null for a resource. */
  usedAfter: z.int().nullable(),
  reservedAfter: z.int().nullable(),
  /** The limit after the movement, including what was granted. */
  limitAfter: z.int(),
  /** `limitAfter` less `usedAfter` and `reservedAfter`; null for a resource. */
  balanceAfter: z.int().nullable(),
  /** The user who caused the movement; null for an expiry. */
  actorUserId: uuidSchema.nullable(),
  /** The gateway's id of the request; null for an expiry. */
  requestId: z.string().nullable(),
  reason: z.string().nullable(),
});

/** One entry of the quota ledger. */
export type Movement = z.output<typeof movementSchema>;

/** Lists the ledger of a user in one kind, newest first; for admins. */
export const listMovements = defineRequest({
  subject: 'user-data.movements.list',
  repeatable: true,
  request: pageRequestSchema.extend({ owner: ownerSchema, kind: z.enum(limitKinds) }).strict(),
  reply: pageOf(movementSchema),
});

/** Raises the quota of a user for the current month; for admins. */
export const grantQuota = defineRequest({
  subject: 'user-data.quotas.grant',
  request: z.strictObject({
    owner: ownerSchema,
    kind: z.enum(quotaKinds),
    amount: quotaAmountSchema,
    reason: reasonSchema,
    ...idempotent,
  }),
  reply: limitStateSchema.extend(replayable),
});

/** Sets the limit of a user in one kind instead of the limit of the tier; for admins. Applies at once. */
export const setLimit = defineRequest({
  subject: 'user-data.limits.set',
  repeatable: true,
  request: z.strictObject({
    owner: ownerSchema,
    kind: z.enum(limitKinds),
    limit: z.int().min(0).max(maxQuotaLimit),
    reason: reasonSchema.nullable().default(null),
  }),
  reply: limitStateSchema,
});

/** Removes the limit that {@link setLimit} has set, so that the limit of the tier applies again. Repeatable. */
export const removeLimit = defineRequest({
  subject: 'user-data.limits.remove',
  repeatable: true,
  request: z.strictObject({ owner: ownerSchema, kind: z.enum(limitKinds) }),
  reply: limitStateSchema,
});
