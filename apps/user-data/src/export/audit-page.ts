import { type ExportedAuditEntry, type PageRequest, auditEntryFor } from '@gatehouse/contracts';
import { type Page, idCursor } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';
import { type AuditRow, auditColumns, presentEntry } from '../list-audit/audit-row';

const LIST = `
  SELECT ${auditColumns} FROM audit_log
   WHERE (user_id = $1 OR actor_user_id = $1) AND ($2::bigint IS NULL OR id < $2::bigint) ORDER BY id DESC LIMIT $3`;

/** Loads a page of the audit entries about a user, newest first. */
export async function auditPage(
  transaction: Transaction,
  userId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<ExportedAuditEntry>> {
  const rows = await transaction.query<AuditRow>(LIST, [userId, idCursor.read(cursor) ?? null, limit + 1]);
  const { items, nextCursor } = idCursor.page(rows, limit, ({ id }) => id);
  return { items: items.map((row) => auditEntryFor(userId, presentEntry(row))), nextCursor };
}
