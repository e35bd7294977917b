/** Setting of a transaction that holds the id of the user in whose name it runs. */
export const USER_SETTING = 'gatehouse.user_id';

/** SQL: the user in whose name the transaction runs; null outside of such a transaction. */
export const currentUserSql = `(SELECT nullif(current_setting('${USER_SETTING}', true), '')::uuid)`;

/** Role that the policies of the worker name. The login of the worker is this role or its member. */
export const WORKER_ROLE = 'gatehouse_data_worker';

/** Statements that force row-level security on a table, also for its owner. Without a policy, nobody sees a row. */
export function forceRowSecurity(table: string): string[] {
  return [`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`, `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`];
}

/**
 * Statements that restrict a table with a column `user_id` to the rows of the current user.
 * @see https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
export function restrictToOwner(table: string): string[] {
  const isOwn = `user_id = ${currentUserSql}`;
  return [
    ...forceRowSecurity(table),
    `CREATE POLICY ${table}_owner ON ${table} USING (${isOwn}) WITH CHECK (${isOwn})`,
  ];
}
