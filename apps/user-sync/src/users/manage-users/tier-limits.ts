import { type Tier } from '@gatehouse/contracts';

/**
 * Monthly limits of a tier. Gatehouse stores them with each user for the company's services, and does not enforce them
 * itself.
 */
export interface MonthlyLimits {
  readonly tokens: number;
  readonly uploads: number;
}

/** Monthly limits by tier. `enterprise`: defaults, which an admin can change for each user. */
export const tierLimits: Record<Tier, MonthlyLimits> = {
  free: { tokens: 10_000, uploads: 20 },
  pro: { tokens: 1_000_000, uploads: 1_000 },
  enterprise: { tokens: 1_000_000, uploads: 1_000 },
};
