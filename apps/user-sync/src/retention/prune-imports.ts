import { userImportUndoDays } from '@gatehouse/contracts';

/** Time after which an upload that nobody continues, and a plan that nobody approves, are discarded. */
const UPLOAD_KEPT = '1 day';
const PLAN_KEPT = '7 days';
/** Retention of imports that changed nothing. */
const UNUSED_KEPT = '90 days';
/** A part of a file has up to 256 KiB, so fewer are deleted at a time. */
const MAX_CHUNKS = 500;

/** Imports whose plan is no longer needed. */
const PLAN_ENDED = "SELECT id FROM user_imports WHERE state IN ('discarded', 'failed', 'done', 'undoing', 'undone')";

/** Imports that never change a user. */
const UNUSED = "SELECT id FROM user_imports WHERE state IN ('discarded', 'failed')";

/**
 * Statements that discard abandoned imports, and delete the personal data in imports that is no longer needed. Each one
 * changes at most `maxRows` rows.
 */
export function importStatements(maxRows: number): string[] {
  const deletion = (table: string, key: string, imports: string, limit: number) =>
    `DELETE FROM ${table} WHERE (import_id, ${key}) IN (
       SELECT import_id, ${key} FROM ${table} WHERE import_id IN (${imports}) LIMIT ${limit})`;
  return [
    `UPDATE user_imports SET state = 'discarded', updated_at = now()
      WHERE state = 'uploading' AND updated_at < now() - interval '${UPLOAD_KEPT}'
         OR state = 'needs_approval' AND updated_at < now() - interval '${PLAN_KEPT}'`,
    deletion('user_import_chunks', 'position', UNUSED, MAX_CHUNKS),
    deletion('user_import_keys', 'key', PLAN_ENDED, maxRows),
    // The content of plans that nobody will apply, and former values that no undo needs any more.
    `UPDATE user_import_rows SET content = NULL, changed = NULL WHERE (import_id, row) IN (
       SELECT import_id, row FROM user_import_rows
        WHERE (content IS NOT NULL OR changed IS NOT NULL) AND import_id IN (
          ${UNUSED} UNION ALL
          SELECT id FROM user_imports WHERE approved_at < now() - interval '${userImportUndoDays} days'
             AND state IN ('done', 'undone'))
        LIMIT ${maxRows})`,
    // Deletes the rows of an import first: their number is not bounded.
    `DELETE FROM user_import_rows WHERE (import_id, row) IN (
       SELECT import_id, row FROM user_import_rows
        WHERE import_id IN (${UNUSED} AND updated_at < now() - interval '${UNUSED_KEPT}') LIMIT ${maxRows})`,
    `DELETE FROM user_imports AS i WHERE id IN (${UNUSED} AND updated_at < now() - interval '${UNUSED_KEPT}')
        AND NOT EXISTS (SELECT FROM user_import_rows WHERE import_id = i.id)`,
  ];
}
