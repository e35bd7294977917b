import { type PublicQuota, type Quota, type QuotaKind, type Tier } from '@gatehouse/contracts';
import { effectiveLimit, remainingOf, renewalOf } from '@gatehouse/lifecycle';

/** A quota as `GATEHOUSE_DATA` shows it; `documentsUploaded` is that of the quota of uploads. */
type ToldQuota = PublicQuota & { readonly documentsUploaded?: number };

/** What a user has used of a quota whose rows were erased: nothing. */
export function unusedQuota(kind: QuotaKind, at: string): ToldQuota {
  return {
    ...{ period: periodOf(at), limit: null, granted: 0, used: 0, reserved: 0 },
    ...(kind === 'uploads' && { documentsUploaded: 0 }),
  };
}

/** A quota as its `GET` route shows it to a user of a tier. */
export function quotaOf(kind: QuotaKind, tier: Tier, told: ToldQuota, version: number): Quota {
  const { period, limit: override, granted, used, reserved, documentsUploaded } = told;
  const limit = effectiveLimit(tier, kind, override);
  return {
    ...{ period, limit: limit + granted, used, reserved },
    ...{ remaining: remainingOf({ limit, granted, used, reserved }), renewsAt: renewalOf(period), version },
    ...(documentsUploaded !== undefined && { documentsUploaded }),
  };
}

/**
 * Version of a quota that was not changed in the month of a time. A deletion with a lower one is that of months that have
 * ended, by the retention: the user's limit and number of documents outlive them.
 */
export function monthVersion(at: string): number {
  return Date.parse(periodOf(at)) * 1_000;
}

/** The month of a time in ISO 8601, such as `2027-03`. */
function periodOf(at: string): string {
  return at.slice(0, 'YYYY-MM'.length);
}
