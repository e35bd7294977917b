/**
 * Statement that creates or replaces the trigger of `users.version`: each update that changes one of `columns` raises
 * the version by one. Nothing else changes the version: an assignment to it counts as such a change.
 */
export function versionTrigger(columns: readonly string[]): string {
  const rowOf = (row: 'OLD' | 'NEW') => `(${['version', ...columns].map((column) => `${row}.${column}`).join(', ')})`;
  return `CREATE OR REPLACE TRIGGER users_version BEFORE UPDATE ON users FOR EACH ROW
    WHEN (${rowOf('OLD')} IS DISTINCT FROM ${rowOf('NEW')}) EXECUTE FUNCTION raise_user_version()`;
}
