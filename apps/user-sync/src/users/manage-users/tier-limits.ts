import { type Tier } from '@gatehouse/contracts';

/** Monthly limits of a tier. */
export interface MonthlyLimits {
  readonly tokens: number;
  readonly uploads: number;
}

/** Monthly limits by tier. For `enterprise` these are the defaults; an admin can set others. */
export const tierLimits: Record<Tier, MonthlyLimits> = {
  free: { tokens: 10_000, uploads: 20 },
  pro: { tokens: 1_000_000, uploads: 1_000 },
  enterprise: { tokens: 1_000_000, uploads: 1_000 },
};
