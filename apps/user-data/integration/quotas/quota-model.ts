import { type Owner, type Quota, type QuotaKind } from '@gatehouse/contracts';
import {
  type ReservationInput,
  type ReservationRow,
  effectiveLimit,
  fits,
  remainingOf,
  renewalOf,
  settleReservation,
} from '@gatehouse/lifecycle';

type Tier = Owner['tier'];

interface ModelReservation extends ReservationRow {
  readonly kind: QuotaKind;
  readonly period: string;
  readonly expiresAt: number;
}

/** What a change did: `done`, or the code of its refusal. */
export type Result = 'done' | 'quota_exceeded' | 'conflict';

/** The quotas of one user, in memory and as simple as can be. It has no worker: an overdue reservation is expired. */
export class QuotaModel {
  private readonly sums = new Map<string, { used: number; granted: number }>();
  private readonly overrides = new Map<QuotaKind, number>();
  readonly reservations: ModelReservation[] = [];
  documentsUploaded = 0;
  tier: Tier = 'free';

  constructor(public now: number) {}

  take(kind: QuotaKind, amount: number, seconds?: number): Result {
    if (!fits(this.balance(kind), amount)) return 'quota_exceeded';
    if (seconds === undefined) this.sum(kind, this.period).used += amount;
    else {
      const expiresAt = this.now + seconds * 1_000;
      const { period } = this;
      this.reservations.push({ kind, period, amount, state: 'open', committedAmount: null, expiresAt });
    }
    if (kind === 'uploads' && seconds === undefined) this.documentsUploaded += amount;
    return 'done';
  }

  settle(index: number, input: ReservationInput): Result {
    this.expire();
    const reservation = this.reservations[index];
    if (reservation === undefined) throw new Error('the history names a reservation that was not made');
    const effect = settleReservation(reservation, input);
    if (effect.to === 'rejected') return 'conflict';
    if (effect.to === 'repeated') return 'done';
    this.sum(reservation.kind, reservation.period).used += effect.used;
    const committedAmount = input.type === 'commit' ? input.amount : null;
    this.reservations[index] = { ...reservation, state: effect.to, committedAmount };
    return 'done';
  }

  grant(kind: QuotaKind, amount: number): Result {
    this.sum(kind, this.period).granted += amount;
    return 'done';
  }

  setLimit(kind: QuotaKind, limit: number | null): Result {
    if (limit === null) this.overrides.delete(kind);
    else this.overrides.set(kind, limit);
    return 'done';
  }

  quota(kind: QuotaKind): Quota {
    const { limit, granted, used, reserved } = this.balance(kind);
    const remaining = remainingOf({ limit, granted, used, reserved });
    return { period: this.period, limit: limit + granted, used, reserved, remaining, renewsAt: renewalOf(this.period) };
  }

  private get period(): string {
    return new Date(this.now).toISOString().slice(0, 7);
  }

  private balance(kind: QuotaKind) {
    this.expire();
    const { used, granted } = this.sum(kind, this.period);
    const open = this.reservations.filter(
      (one) => one.state === 'open' && one.kind === kind && one.period === this.period,
    );
    const reserved = open.reduce((total, { amount }) => total + amount, 0);
    return { limit: effectiveLimit(this.tier, kind, this.overrides.get(kind)), granted, used, reserved };
  }

  private expire(): void {
    this.reservations.forEach((one, index) => {
      if (one.state === 'open' && one.expiresAt <= this.now) this.reservations[index] = { ...one, state: 'expired' };
    });
  }

  private sum(kind: QuotaKind, period: string) {
    const key = `${kind} ${period}`;
    const sum = this.sums.get(key) ?? { used: 0, granted: 0 };
    this.sums.set(key, sum);
    return sum;
  }
}
