import { type MovementType, type Owner, type QuotaKind, maxQuotaLimit, quotaKinds } from '@gatehouse/contracts';
import { type LimitKind, effectiveLimit, tierLimits } from '@gatehouse/lifecycle';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';
import { limitOf } from '../../limits/limit-of';
import { type QuotaActing } from '../balance/quota-statement';

/** The balance of the current month, whose row is locked until the transaction ends. */
interface LockedBalance {
  readonly period: string;
  readonly granted: number;
  readonly used: number;
  readonly reserved: number;
}

/** No row if the grants of the month would exceed their maximum. */
const RAISE = `
  INSERT INTO quota_periods AS q (user_id, kind, period, tier_limit, granted)
  VALUES ($1, $2, quota_period(quota_now()), $3, $4::bigint)
  ON CONFLICT (user_id, kind, period) DO UPDATE
     SET granted = q.granted + excluded.granted, tier_limit = excluded.tier_limit
   WHERE q.granted + excluded.granted <= ${maxQuotaLimit}
  RETURNING q.period::text AS period, q.granted::float8 AS granted, q.used::float8 AS used,
    q.reserved::float8 AS reserved`;

const SET = `
  INSERT INTO limit_overrides (user_id, kind, "limit", reason, set_at, set_by)
  VALUES ($1, $2, $3::bigint, $4, quota_now(), $5)
  ON CONFLICT (user_id, kind) DO UPDATE
     SET "limit" = excluded."limit", reason = excluded.reason, set_at = excluded.set_at, set_by = excluded.set_by`;

const MOVE = `
  INSERT INTO quota_movements (user_id, kind, at, type, amount, period, used_after, reserved_after, limit_after,
    actor_user_id, request_id, reason)
  VALUES ($1, $2, quota_now(), $3, $4::bigint, $5::date, $6::bigint, $7::bigint, $8::bigint, $9, $10, $11)`;

/**
 * Raises the quota of the current month.
 * @throws RequestRefusedError `conflict` when the grants of the month would exceed their maximum
 */
export async function grantQuota(
  transaction: Transaction,
  acting: QuotaActing,
  { kind, amount, reason }: { readonly kind: QuotaKind; readonly amount: number; readonly reason: string },
): Promise<void> {
  const balance = await lockBalance(transaction, acting.owner, kind, amount);
  if (balance === undefined) {
    const fields = [{ field: 'amount', message: `must not raise the grants of the month above ${maxQuotaLimit}` }];
    throw new RequestRefusedError('conflict', `No more than ${maxQuotaLimit} can be granted for one month.`, {
      fields,
    });
  }
  const limit = await limitOf(transaction, acting.owner, kind);
  await record(transaction, acting, { kind, type: 'grant', amount, limit, reason, balance });
}

/** Sets the limit of a user in one kind. */
export async function setLimit(
  transaction: Transaction,
  acting: QuotaActing,
  { kind, limit, reason }: { readonly kind: LimitKind; readonly limit: number; readonly reason: string | null },
): Promise<void> {
  const balance = await lockQuota(transaction, acting.owner, kind);
  await transaction.query(SET, [acting.owner.userId, kind, limit, reason, acting.actor.userId]);
  await record(transaction, acting, { kind, type: 'limit_set', amount: limit, limit, reason, balance });
}

/** Removes the limit that was set; returns false if there was none. */
export async function removeLimit(transaction: Transaction, acting: QuotaActing, kind: LimitKind): Promise<boolean> {
  const balance = await lockQuota(transaction, acting.owner, kind);
  const [removed] = await transaction.query<{ limit: number }>(
    'DELETE FROM limit_overrides WHERE user_id = $1 AND kind = $2 RETURNING "limit"::float8 AS "limit"',
    [acting.owner.userId, kind],
  );
  if (removed === undefined) return false;
  const limit = effectiveLimit(acting.owner.tier, kind);
  await record(transaction, acting, {
    ...{ kind, type: 'limit_removed', amount: removed.limit, limit, reason: null, balance },
  });
  return true;
}

/** Locks the balance of a quota, so that its ledger shows the change where it took effect. Resources have no balance. */
async function lockQuota(transaction: Transaction, owner: Owner, kind: LimitKind): Promise<LockedBalance | undefined> {
  const quota = quotaKinds.find((candidate) => candidate === kind);
  return quota === undefined ? undefined : lockBalance(transaction, owner, quota, 0);
}

async function lockBalance(
  transaction: Transaction,
  { userId, tier }: Owner,
  kind: QuotaKind,
  grant: number,
): Promise<LockedBalance | undefined> {
  const [balance] = await transaction.query<LockedBalance>(RAISE, [userId, kind, tierLimits[tier][kind], grant]);
  return balance;
}

async function record(
  transaction: Transaction,
  { owner: { userId }, actor }: QuotaActing,
  movement: {
    readonly kind: LimitKind;
    readonly type: MovementType;
    readonly amount: number;
    readonly limit: number;
    readonly reason: string | null;
    readonly balance: LockedBalance | undefined;
  },
): Promise<void> {
  const { kind, type, amount, limit, reason, balance } = movement;
  await transaction.query(MOVE, [
    ...[userId, kind, type, amount],
    ...[balance?.period ?? null, balance?.used ?? null, balance?.reserved ?? null, limit + (balance?.granted ?? 0)],
    ...[actor.userId, actor.requestId, reason],
  ]);
}
