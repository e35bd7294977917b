import { type PublicQuota, type QuotaKind } from '@gatehouse/contracts';
import { type StreamPage, type StreamRow, type StreamSource } from '@gatehouse/relay';
import { type Manager, NO_ID, keyOf, refOf } from './resource-source';

interface QuotaRow extends PublicQuota {
  readonly userId: string;
  readonly kind: QuotaKind;
  readonly version: number;
  readonly documentsUploaded: number;
}

/** What a message shows of a balance `q`. No number exceeds what `float8` holds exactly. */
const SELECTION = `
  SELECT q.user_id AS "userId", q.kind, greatest(q.version, quota_period_version(q.period))::float8 AS version,
         to_char(q.period, 'YYYY-MM') AS period, o."limit"::float8 AS "limit", q.granted::float8 AS granted,
         q.used::float8 AS used, q.reserved::float8 AS reserved,
         coalesce(t.documents_uploaded, 0)::float8 AS "documentsUploaded"`;

const JOINS = `
    LEFT JOIN limit_overrides o ON o.user_id = q.user_id AND o.kind = q.kind
    LEFT JOIN upload_totals t ON t.user_id = q.user_id AND q.kind = 'uploads'`;

const LOAD = `${SELECTION}
    FROM unnest($1::uuid[], $2::text[]) AS k (user_id, kind)
   CROSS JOIN LATERAL (
     SELECT p.* FROM quota_periods p WHERE p.user_id = k.user_id AND p.kind = k.kind ORDER BY p.period DESC LIMIT 1) AS q
    ${JOINS}`;

const PAGE = `${SELECTION}
    FROM (
      SELECT DISTINCT ON (p.user_id, p.kind) p.* FROM quota_periods p WHERE (p.user_id, p.kind) > ($1::uuid, $2::text)
       ORDER BY p.user_id, p.kind, p.period DESC LIMIT $3::int) AS q
    ${JOINS}
   ORDER BY q.user_id, q.kind`;

/** Quotas, as `GATEHOUSE_DATA` shows them: each with the balance of the last month in which it was changed. */
export class QuotaSource implements Pick<StreamSource, 'load' | 'page'> {
  async load(manager: Manager, keys: readonly string[]): Promise<readonly StreamRow[]> {
    const refs = keys.map(refOf);
    const rows = await manager.query<QuotaRow[]>(LOAD, [
      refs.map(({ userId }) => userId),
      refs.map(({ kind }) => kind),
    ]);
    return rows.map(present);
  }

  /** `from`: user and kind of the last row of the page before. */
  async page(manager: Manager, from: string | undefined, limit: number): Promise<StreamPage> {
    const { userId, kind } = from === undefined || from === '' ? { userId: NO_ID, kind: '' } : refOf(from);
    const rows = (await manager.query<QuotaRow[]>(PAGE, [userId, kind, limit])).map(present);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { rows, ...(last && { next: last.key }) };
  }
}

function present({ userId, kind, version, documentsUploaded, ...balance }: QuotaRow): StreamRow {
  const data = { ...balance, ...(kind === 'uploads' && { documentsUploaded }) };
  // A user has one quota of each kind.
  const ref = { userId, kind, id: userId };
  return { key: keyOf(ref), version, deleted: false, message: { ...ref, data } };
}
