import { type LimitState, type Owner, limitKinds } from '@gatehouse/contracts';
import { type LimitKind, effectiveLimit, remainingOf, renewalOf, tierLimits } from '@gatehouse/lifecycle';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';

interface LimitRow {
  readonly kind: LimitKind;
  readonly override_limit: number | null;
  readonly reason: string | null;
  readonly set_at: Date | null;
  readonly set_by: string | null;
  readonly period: string;
  readonly granted: number;
  readonly used: number;
  readonly reserved: number;
  readonly open_reservations: number;
}

const LOAD = `
  SELECT k.kind, o."limit"::float8 AS override_limit, o.reason, o.set_at, o.set_by,
         to_char(quota_period(c.now), 'YYYY-MM') AS period,
         coalesce(q.granted, 0)::float8 AS granted, coalesce(q.used, n.used, 0)::float8 AS used,
         (coalesce(q.reserved, 0) - open.overdue)::float8 AS reserved, open.count::float8 AS open_reservations
    FROM (SELECT quota_now() AS now) c
   CROSS JOIN unnest($2::text[]) AS k (kind)
    LEFT JOIN limit_overrides o ON o.user_id = $1 AND o.kind = k.kind
    LEFT JOIN quota_periods q ON q.user_id = $1 AND q.kind = k.kind AND q.period = quota_period(c.now)
    LEFT JOIN resource_counts n ON n.user_id = $1 AND n.kind = k.kind
   CROSS JOIN LATERAL (
     SELECT count(*) FILTER (WHERE r.expires_at > c.now) AS count,
            coalesce(sum(r.amount) FILTER (WHERE r.expires_at <= c.now AND r.period = q.period), 0) AS overdue
       FROM quota_reservations r WHERE r.user_id = $1 AND r.kind = k.kind AND r.state = 'open') AS open`;

/** Loads what limits a user, by kind. */
export async function loadLimits(transaction: Transaction, owner: Owner): Promise<LimitState[]> {
  const rows = await transaction.query<LimitRow>(LOAD, [owner.userId, limitKinds]);
  return limitKinds.flatMap((kind) => rows.filter((row) => row.kind === kind).map((row) => stateOf(row, owner)));
}

/** Loads what limits a user in one kind. */
export async function loadLimit(transaction: Transaction, owner: Owner, kind: LimitKind): Promise<LimitState> {
  const state = (await loadLimits(transaction, owner)).find((candidate) => candidate.kind === kind);
  if (state === undefined) throw new RequestRefusedError('internal', 'a kind of limit has no state');
  return state;
}

/** Number of documents that a user has ever recorded. */
export async function loadDocumentsUploaded(transaction: Transaction, userId: string): Promise<number> {
  const [total] = await transaction.query<{ documents: number }>(
    'SELECT documents_uploaded::float8 AS documents FROM upload_totals WHERE user_id = $1',
    [userId],
  );
  return total?.documents ?? 0;
}

function stateOf(row: LimitRow, { tier }: Owner): LimitState {
  const { kind, override_limit: override, granted, used, reserved, period } = row;
  const isQuota = kind === 'tokens' || kind === 'uploads';
  const limit = effectiveLimit(tier, kind, override);
  return {
    kind,
    tierLimit: tierLimits[tier][kind],
    override: overrideOf(row),
    limit: limit + granted,
    used,
    remaining: remainingOf({ limit, granted, used, reserved }),
    granted: isQuota ? granted : null,
    reserved: isQuota ? reserved : null,
    openReservations: isQuota ? row.open_reservations : null,
    period: isQuota ? period : null,
    renewsAt: isQuota ? renewalOf(period) : null,
  };
}

function overrideOf({ override_limit: limit, reason, set_at: at, set_by: setBy }: LimitRow): LimitState['override'] {
  return limit === null || at === null || setBy === null ? null : { limit, reason, setAt: at.toISOString(), setBy };
}
