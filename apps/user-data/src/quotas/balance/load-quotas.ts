import { type Owner, type QuotaKind, type UserQuotas, quotaKinds } from '@gatehouse/contracts';
import { tierLimits } from '@gatehouse/lifecycle';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type BalanceRow, balanceColumns, quotaOf } from './balance-row';
import { type QuotaStatement } from './quota-statement';

interface LoadedRow extends BalanceRow {
  readonly kind: QuotaKind;
  readonly documents_uploaded: number;
  readonly version: number;
}

/**
 * Balances of the current month. A user who has used nothing in it has no row. Overdue reservations that no worker has
 * expired yet hold nothing.
 */
const LOAD = `
  SELECT b.kind, b.documents_uploaded, b.version::float8 AS version, ${balanceColumns} FROM (
    SELECT k.kind, c.now, quota_period(c.now) AS period,
           quota_limit($1::uuid, k.kind, k.tier_limit) + coalesce(q.granted, 0) AS total_limit,
           coalesce(q.used, 0) AS used, coalesce(q.reserved, 0) - coalesce(overdue.amount, 0) AS reserved,
           greatest(q.version, quota_period_version(quota_period(c.now))) AS version,
           coalesce((SELECT t.documents_uploaded FROM upload_totals t WHERE t.user_id = $1), 0)::float8
             AS documents_uploaded
      FROM (SELECT quota_now() AS now) c
     CROSS JOIN unnest($2::text[], $3::bigint[]) AS k (kind, tier_limit)
      LEFT JOIN quota_periods q ON q.user_id = $1 AND q.kind = k.kind AND q.period = quota_period(c.now)
      LEFT JOIN LATERAL (
        SELECT sum(r.amount) AS amount FROM quota_reservations r
         WHERE r.user_id = q.user_id AND r.kind = q.kind AND r.period = q.period AND r.state = 'open'
           AND r.expires_at <= c.now) AS overdue ON q.reserved > 0) AS b`;

/** Loads the quotas of an owner. */
export function loadQuotas({ userId, tier }: Owner): QuotaStatement<UserQuotas> {
  return {
    text: LOAD,
    values: [userId, quotaKinds, quotaKinds.map((kind) => tierLimits[tier][kind])],
    read: (rows: LoadedRow[]) => {
      const [tokens, uploads] = quotaKinds.map((kind) => rows.find((row) => row.kind === kind));
      if (tokens === undefined || uploads === undefined)
        throw new RequestRefusedError('internal', 'a quota is missing');
      const documentsUploaded = uploads.documents_uploaded;
      return {
        tokens: { ...quotaOf(tokens), version: tokens.version },
        uploads: { ...quotaOf(uploads), documentsUploaded, version: uploads.version },
      };
    },
  };
}
