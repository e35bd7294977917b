import { type Movement, type MovementType, type PageRequest } from '@gatehouse/contracts';
import { type LimitKind, remainingOf } from '@gatehouse/lifecycle';
import { type Page, idCursor } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';

/** A row of the ledger, as {@link movementColumns} read it. */
export interface MovementRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: LimitKind;
  readonly type: MovementType;
  readonly amount: number;
  readonly period: string | null;
  readonly subject_id: string | null;
  readonly used_after: number | null;
  readonly reserved_after: number | null;
  readonly limit_after: number;
  readonly actor_user_id: string | null;
  readonly request_id: string | null;
  readonly reason: string | null;
}

/** SQL for the columns of a {@link MovementRow}. */
export const movementColumns = `id, at, kind, type, amount::float8 AS amount, to_char(period, 'YYYY-MM') AS period,
  subject_id, used_after::float8 AS used_after, reserved_after::float8 AS reserved_after,
  limit_after::float8 AS limit_after, actor_user_id, request_id, reason`;

const LIST = `
  SELECT ${movementColumns}
    FROM quota_movements WHERE user_id = $1 AND kind = $2 AND ($3::bigint IS NULL OR id < $3::bigint)
   ORDER BY id DESC LIMIT $4`;

/** Loads a page of the ledger of a user in one kind, newest first. */
export async function loadMovements(
  transaction: Transaction,
  userId: string,
  { kind, limit, cursor }: PageRequest & { readonly kind: LimitKind },
): Promise<Page<Movement>> {
  const after = idCursor.read(cursor) ?? null;
  const rows = await transaction.query<MovementRow>(LIST, [userId, kind, after, limit + 1]);
  const { items, nextCursor } = idCursor.page(rows, limit, ({ id }) => id);
  return { items: items.map(movementOf), nextCursor };
}

/** A movement, as readers see it. */
export function movementOf(row: MovementRow): Movement {
  const { used_after: used, reserved_after: reserved, limit_after: limit } = row;
  return {
    id: row.id,
    at: row.at.toISOString(),
    kind: row.kind,
    type: row.type,
    amount: row.amount,
    period: row.period,
    subjectId: row.subject_id,
    usedAfter: used,
    reservedAfter: reserved,
    limitAfter: limit,
    balanceAfter: used === null || reserved === null ? null : remainingOf({ limit, granted: 0, used, reserved }),
    actorUserId: row.actor_user_id,
    requestId: row.request_id,
    reason: row.reason,
  };
}
