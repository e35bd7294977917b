import { randomUUID } from 'node:crypto';
import { type RecordedUpload, type Upload } from '@gatehouse/contracts';
import { quotaOf } from './balance-row';
import { type QuotaActing, type QuotaStatement } from './quota-statement';
import { TAKE_QUOTA, type TakenRow, requireTaken, takeValues, takenColumns } from './take-quota';

interface RecordedRow extends TakenRow {
  /** Null if nothing was recorded. */
  readonly documents_uploaded: number | null;
}

const RECORD = `
  WITH taken AS MATERIALIZED (SELECT ${takenColumns} FROM ${TAKE_QUOTA} AS b),
  recorded AS (
    INSERT INTO uploads (user_id, id, name, size, content_type, created_at)
    SELECT $1::uuid, $6::uuid, $9, $10::bigint, $11, now FROM taken WHERE accepted),
  counted AS (
    INSERT INTO upload_totals AS t (user_id, documents_uploaded) SELECT $1::uuid, 1 FROM taken WHERE accepted
    ON CONFLICT (user_id) DO UPDATE SET documents_uploaded = t.documents_uploaded + 1
    RETURNING t.documents_uploaded)
  SELECT taken.*, counted.documents_uploaded::float8 AS documents_uploaded FROM taken LEFT JOIN counted ON true`;

/** Records one document against the quota of uploads. Rejected as `quota_exceeded`. */
export function recordUpload(
  acting: QuotaActing,
  { name, size, contentType }: Pick<Upload, 'name' | 'size' | 'contentType'>,
): QuotaStatement<RecordedUpload> {
  const id = randomUUID();
  const taking = { kind: 'uploads', amount: 1, subjectId: id } as const;
  return {
    text: RECORD,
    values: [...takeValues(acting, taking), name, size, contentType],
    read: ([row]: RecordedRow[]) => {
      const taken = requireTaken(taking, row);
      const upload = { id, name, size, contentType, createdAt: taken.now.toISOString() };
      return { ...quotaOf(taken), documentsUploaded: taken.documents_uploaded ?? 0, upload };
    },
  };
}
