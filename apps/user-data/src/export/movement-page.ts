import { type Movement, type PageRequest, limitKinds } from '@gatehouse/contracts';
import { ListCursor, type Page } from '@gatehouse/messaging';
import { z } from 'zod';
import { type OwnerTransactions } from '../database/owner-transactions';
import { type MovementRow, movementColumns, movementOf } from '../quotas/administer/load-movements';

const movementCursor = new ListCursor(z.tuple([z.enum(limitKinds), z.string().regex(/^[1-9]\d{0,17}$/)]));

const LIST = `
  SELECT ${movementColumns} FROM quota_movements
   WHERE user_id = $1 AND ($2::text IS NULL OR (kind, id) > ($2::text, $3::bigint)) ORDER BY kind, id LIMIT $4`;

/** Loads a page of the ledger of a user, by kind and oldest first. Names no admin. */
export async function movementPage(
  transactions: OwnerTransactions,
  userId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<Movement>> {
  const [kind, id] = movementCursor.read(cursor) ?? [null, null];
  const rows = await transactions.select<MovementRow>(userId, LIST, [userId, kind, id, limit + 1]);
  const { items, nextCursor } = movementCursor.page(rows, limit, (row) => [row.kind, row.id]);
  const own = (movement: Movement): Movement =>
    movement.actorUserId === userId ? movement : { ...movement, actorUserId: null };
  return { items: items.map((row) => own(movementOf(row))), nextCursor };
}
