import { type PageRequest, type Upload } from '@gatehouse/contracts';
import { type Page, timeCursor } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';

interface UploadRow {
  readonly id: string;
  readonly name: string;
  readonly size: number | null;
  readonly content_type: string | null;
  readonly created_at: Date;
}

const LIST = `
  SELECT id, name, size::float8 AS size, content_type, created_at FROM uploads
   WHERE user_id = $1
     AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::uuid))
   ORDER BY created_at DESC, id DESC LIMIT $4`;

/** Loads a page of the recorded documents of a user, newest first. */
export async function loadUploads(
  transaction: Transaction,
  userId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<Upload>> {
  const [time, id] = timeCursor.read(cursor) ?? [];
  const after = time === undefined ? null : new Date(time).toISOString();
  const rows = await transaction.query<UploadRow>(LIST, [userId, after, id ?? null, limit + 1]);
  const { items, nextCursor } = timeCursor.page(rows, limit, (row) => [row.created_at.getTime(), row.id]);
  return { items: items.map(uploadOf), nextCursor };
}

function uploadOf({ id, name, size, content_type: contentType, created_at: createdAt }: UploadRow): Upload {
  return { id, name, size, contentType, createdAt: createdAt.toISOString() };
}
