/** Limit of each kind: an amount per UTC month for a quota (tokens, uploads), a number of rows for a resource. */
export interface Limits {
  readonly tokens: number;
  readonly uploads: number;
  readonly items: number;
  readonly templates: number;
  readonly sessions: number;
}

/** A kind that is limited for each user. */
export type LimitKind = keyof Limits;

const pro: Limits = { tokens: 1_000_000, uploads: 1_000, items: 10_000, templates: 10_000, sessions: 10_000 };

/**
 * Limits by subscription tier. `enterprise` has the limits of `pro` until an admin sets the limits of the user. An
 * admin can set the limits of any user, whatever its tier.
 */
export const tierLimits = {
  free: { tokens: 10_000, uploads: 20, items: 100, templates: 100, sessions: 100 },
  pro,
  enterprise: pro,
} as const satisfies Record<string, Limits>;

/** Limit of a kind for a user: the limit that an admin has set for the user, else that of the tier. */
export function effectiveLimit(tier: keyof typeof tierLimits, kind: LimitKind, override?: number | null): number {
  return override ?? tierLimits[tier][kind];
}
