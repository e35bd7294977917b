import { type PageRequest, type Reservation } from '@gatehouse/contracts';
import { type Page, uuidCursor } from '@gatehouse/messaging';
import { type OwnerTransactions } from '../database/owner-transactions';
import { type ReservationRow, reservationColumns, reservationOf } from '../quotas/balance/reservation-row';

const LIST = `
  SELECT ${reservationColumns} FROM quota_reservations AS r
   WHERE r.user_id = $1 AND ($2::uuid IS NULL OR r.id > $2::uuid) ORDER BY r.id LIMIT $3`;

/** Loads a page of the stored reservations of a user, by id. */
export async function reservationPage(
  transactions: OwnerTransactions,
  userId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<Reservation>> {
  const rows = await transactions.select<ReservationRow>(userId, LIST, [
    userId,
    uuidCursor.read(cursor) ?? null,
    limit + 1,
  ]);
  const { items, nextCursor } = uuidCursor.page(rows, limit, ({ id }) => id);
  return { items: items.map(reservationOf), nextCursor };
}
