/** The balance of a user's quota of one kind in one month. */
export interface QuotaBalance {
  /** The user's limit per month: see `effectiveLimit`. */
  readonly limit: number;
  /** What an admin has granted for this month alone. */
  readonly granted: number;
  /** Consumed and committed. */
  readonly used: number;
  /** Held by open reservations. */
  readonly reserved: number;
}

/** What is left. Negative after a commit that exceeded its reservation, or after the limit was lowered. */
export function remainingOf({ limit, granted, used, reserved }: QuotaBalance): number {
  return limit + granted - used - reserved;
}

/** Whether an amount can be consumed or reserved. */
export function fits(balance: QuotaBalance, amount: number): boolean {
  return amount <= remainingOf(balance);
}

/** The month after a month such as `2026-11`: its quota begins when that of the month ends. */
export function monthAfter(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  const next = month === 12 ? [year + 1, 1] : [year, month + 1];
  return next.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-');
}

/** When the quota of a month such as `2026-11` renews: the start of the next month in UTC, in ISO 8601. */
export function renewalOf(period: string): string {
  return `${monthAfter(period)}-01T00:00:00.000Z`;
}
