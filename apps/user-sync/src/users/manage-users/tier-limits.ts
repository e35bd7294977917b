import { type Tier } from '@gatehouse/contracts';

/** What a tier grants in a month. */
export interface MonthlyLimits {
  readonly tokens: number;
  readonly uploads: number;
}

/** What each tier grants in a month; of enterprise, what an admin has not said. */
export const tierLimits: Record<Tier, MonthlyLimits> = {
  free: { tokens: 10_000, uploads: 20 },
  pro: { tokens: 1_000_000, uploads: 1_000 },
  enterprise: { tokens: 1_000_000, uploads: 1_000 },
};
