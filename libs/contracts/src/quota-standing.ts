import { z } from 'zod';
import { shownValue } from './shown-value';
import { timeSchema } from './time';

/** Kinds of quota: what a user may use per UTC month. */
export const quotaKinds = ['tokens', 'uploads'] as const;

/** Kind of quota. */
export type QuotaKind = (typeof quotaKinds)[number];

/** Whether a kind of what users own is a quota. */
export function isQuotaKind(kind: string): kind is QuotaKind {
  return quotaKinds.some((known) => known === kind);
}

/** What is left of a quota, and when it renews: the start of the next UTC month. */
export const quotaStandingSchema = z.object({
  kind: shownValue(quotaKinds),
  /** Per month; null without a limit. */
  limit: z.number().int().nullable(),
  /** Negative after a commit that exceeded its reservation; null without a limit. */
  remaining: z.number().int().nullable(),
  renewsAt: timeSchema,
});

/** What is left of a quota. */
export type QuotaStanding = z.output<typeof quotaStandingSchema>;
