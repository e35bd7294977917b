import { type AuditAction } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { type NewValues } from './plan-rows/user-fields';

/** What a row of an import did to a user, for the audit log. */
export interface AuditedRow {
  readonly action: Extract<AuditAction, 'user_import.apply' | 'user_import.revert' | 'user.delete'>;
  readonly userId: string;
  readonly row: number;
  readonly before: NewValues;
  readonly after: NewValues;
}

/** Fields whose values are in the audit log. Other values are personal data, which the audit log could not erase. */
const shown = ['role', 'tier', 'isActive'] as const;

/**
 * Writes an audit entry for each user that rows have changed, in one statement. Its caller is the admin who approved the
 * import or requested the undo: `cause`. `subject` is the import.
 */
export async function auditRows(
  manager: EntityManager,
  importId: string,
  cause: Extract<AuditAction, 'user_import.approve' | 'user_import.undo'>,
  rows: readonly AuditedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const entries = rows.map(({ action, userId, ...row }) => ({ action, user_id: userId, details: detailsOf(row) }));
  await manager.query(
    `INSERT INTO audit_log (action, outcome, actor_user_id, method, credential_id, user_id, subject, request_id,
       client_request_id, source_ip, user_agent, details)
     SELECT new.action, 'done', by.actor_user_id, by.method, by.credential_id, new.user_id, $1::text,
            coalesce(by.request_id, $1::text), by.client_request_id, by.source_ip, by.user_agent, new.details
       FROM jsonb_to_recordset($3) AS new(action text, user_id uuid, details jsonb)
       LEFT JOIN (SELECT * FROM audit_log WHERE action = $2 AND subject = $1 ORDER BY id DESC LIMIT 1) AS by ON true`,
    [importId, cause, JSON.stringify(entries)],
  );
}

function detailsOf({ row, before, after }: Pick<AuditedRow, 'row' | 'before' | 'after'>): Record<string, unknown> {
  const values = shown.flatMap((field) =>
    after[field] === undefined ? [] : [[field, { before: before[field] ?? null, after: after[field] }] as const],
  );
  const fields = Object.keys(after).sort().join(', ');
  return { row, ...(fields !== '' && { fields }), ...Object.fromEntries(values) };
}
