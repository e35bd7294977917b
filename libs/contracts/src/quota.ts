import { z } from 'zod';
import { idempotent, replayable } from './idempotency';
import { quotaKinds } from './quota-standing';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { timeSchema } from './time';
import { uuidSchema } from './uuid';

/** Largest amount of one request: no call of a model uses more tokens. */
export const maxQuotaAmount = 1_000_000_000;

/** Time in seconds for which a reservation holds its amount: at most, and by default. */
export const reservationSeconds = { most: 3_600, byDefault: 300 } as const;

/** Amount of a quota that a request takes. */
export const quotaAmountSchema = z.int().min(1).max(maxQuotaAmount);

/** Month of a quota in UTC, such as `2026-11`. */
export const quotaPeriodSchema = z.string().regex(/^\d{4}-\d{2}$/);

/** The state of a quota in the current UTC month. */
export const quotaSchema = z.object({
  period: quotaPeriodSchema,
  /** What the user may use in this month, including what an admin has granted for it. */
  limit: z.int(),
  /** Consumed and committed. */
  used: z.int(),
  /** Held by open reservations. */
  reserved: z.int(),
  /** `limit` less `used` and `reserved`. Negative after a commit that exceeded its reservation, or after a lower limit. */
  remaining: z.int(),
  /** The start of the next month. */
  renewsAt: timeSchema,
  /**
   * Higher after each change, and in each new month; not consecutive. Of two states, the one with the higher version is
   * newer. Absent in the reply to a change.
   */
  version: z.int().positive().optional(),
});

/** The state of a quota in the current UTC month. */
export type Quota = z.output<typeof quotaSchema>;

/** The state of the quota of uploads. */
export const uploadQuotaSchema = quotaSchema.extend({
  /** Number of documents that the user has ever recorded. Never falls. */
  documentsUploaded: z.int(),
});

/** The quotas of a user. */
export const userQuotasSchema = z.object({ tokens: quotaSchema, uploads: uploadQuotaSchema });

/** The quotas of a user. */
export type UserQuotas = z.output<typeof userQuotasSchema>;

/** Returns the caller's quotas. */
export const showQuotas = defineRequest({
  subject: 'user-data.quotas.show',
  repeatable: true,
  request: z.strictObject({}),
  reply: userQuotasSchema,
});

/** Consumes tokens of the caller, all or nothing. Rejected as `quota_exceeded` when less is left. */
export const consumeTokens = defineRequest({
  subject: 'user-data.tokens.consume',
  request: z.strictObject({ amount: quotaAmountSchema, ...idempotent }),
  reply: quotaSchema.extend(replayable),
});

/** States of a reservation; `lifecycle` defines what each means. */
export const reservationStates = ['open', 'committed', 'released', 'expired'] as const;

/** A reservation, as the change that is answered left it. */
export const reservationSchema = z.object({
  id: uuidSchema,
  kind: shownValue(quotaKinds),
  state: shownValue(reservationStates),
  /** What was reserved. */
  amount: z.int(),
  /** What was used; null unless it is committed. May exceed `amount`. */
  committedAmount: z.int().nullable(),
  /** The month whose quota the reservation takes from, also when it is committed in a later one. */
  period: quotaPeriodSchema,
  createdAt: timeSchema,
  /** From this time on, the reservation holds nothing. A commit still counts. */
  expiresAt: timeSchema,
  /** When it was committed or released, or has expired; null while it is open. */
  settledAt: timeSchema.nullable(),
  /** What the change left of the quota of `period`. May be negative. */
  remaining: z.int(),
});

/** A reservation of a quota. */
export type Reservation = z.output<typeof reservationSchema>;

/** Reserves tokens of the caller until they are committed or released, or the reservation expires. */
export const reserveTokens = defineRequest({
  subject: 'user-data.tokens.reserve',
  request: z.strictObject({
    amount: quotaAmountSchema,
    ttlSeconds: z.int().min(1).max(reservationSeconds.most).default(reservationSeconds.byDefault),
    ...idempotent,
  }),
  reply: reservationSchema.extend(replayable),
});

/**
 * Settles a reservation with what was really used, which may be more or less than was reserved. A repeated commit of the
 * same amount returns the same reply. Rejected as `conflict` when the reservation was released, or committed with
 * another amount.
 */
export const commitReservation = defineRequest({
  subject: 'user-data.reservations.commit',
  repeatable: true,
  request: z.strictObject({ id: uuidSchema, amount: z.int().min(0).max(maxQuotaAmount), ...idempotent }),
  reply: reservationSchema.extend(replayable),
});

/** Returns a reservation to its month. Repeatable. Rejected as `conflict` when the reservation was committed. */
export const releaseReservation = defineRequest({
  subject: 'user-data.reservations.release',
  repeatable: true,
  request: z.strictObject({ id: uuidSchema, ...idempotent }),
  reply: reservationSchema.extend(replayable),
});
