/** SQL statement that limits the time of each later statement of the current transaction. */
export function statementTimeout(statementMs: number): string {
  return `SET LOCAL statement_timeout = ${statementMs}`;
}

/**
 * SQL statements that set the timeouts of the current transaction. They are not parameters of the connection, because a
 * pooler in transaction mode rejects those. `SET LOCAL` costs PostgreSQL a tenth of a read less than `set_config`, which
 * is a query to plan.
 */
export function timeoutSettings(statementMs: number): string {
  return [statementTimeout(statementMs), `SET LOCAL idle_in_transaction_session_timeout = ${statementMs * 2}`].join(
    '; ',
  );
}
