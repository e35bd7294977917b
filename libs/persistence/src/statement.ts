import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

/**
 * One execution of a prepared statement. PostgreSQL parses and plans the statement once per connection; for a multi-row
 * insert, that saves a quarter of the cost. A plan that was made while the table was empty stays in use until the table
 * is analyzed, even if it scans the whole table. So write each statement such that every plan for it finds rows by key,
 * for example with LATERAL. A connection pooler must support prepared statements.
 * @see https://www.postgresql.org/docs/current/sql-prepare.html
 */
export interface Statement<Result = void> {
  /** Name of the prepared statement. Two different texts must not share a name. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Converts the rows to the result. */
  readonly read: (rows: never[]) => Result;
}

/** Creates a statement without a result. */
export function write(name: string, text: string, values: readonly unknown[]): Statement {
  return { name, text, values, read: () => undefined };
}

/**
 * Creates a statement without a result, to which `rows` are passed as one JSON array in `$1`. Returns an empty array if
 * `rows` is empty.
 */
export function writeRows(name: string, text: string, rows: readonly object[]): Statement[] {
  return rows.length === 0 ? [] : [write(name, text, [JSON.stringify(rows)])];
}

type ResultsOf<Statements extends readonly Statement<unknown>[]> = {
  -readonly [Index in keyof Statements]: Statements[Index] extends Statement<infer Result> ? Result : never;
};

/**
 * Sends all statements in one round trip and returns the result of each. PostgreSQL runs them in order. Under READ
 * COMMITTED each one sees what was committed before it began. So a read after a lock sees what the former holder of the lock
 * wrote. Throws the error of the first statement that failed, after all have ended.
 */
export async function runStatements<const Statements extends readonly Statement<unknown>[]>(
  manager: EntityManager,
  statements: Statements,
): Promise<ResultsOf<Statements>> {
  if (statements.length === 0) return [] as unknown[] as ResultsOf<Statements>;
  const runner = manager.queryRunner ?? manager.dataSource.createQueryRunner();
  try {
    // Uses the client of pg, because TypeORM's `query` awaits before it sends, so the order would not be kept.
    const client = (await runner.connect()) as Pick<ClientBase, 'query'>;
    const { query_timeout: timeoutMs } = manager.dataSource.options.extra as { query_timeout: number };
    // Outside a transaction, the prepared statement has another name: a plan may depend on settings of the transaction
    // in which it was made.
    const suffix = runner.isTransactionActive ? '' : '-alone';
    const answers = await Promise.allSettled(
      statements.map(({ name, text, values }, index) => {
        // Each statement waits for the statements before it, so its timeout includes theirs.
        const config = { name: name + suffix, text, values: [...values], query_timeout: timeoutMs * (index + 1) };
        return client.query<never>(config);
      }),
    );
    return statements.map(({ read }, index) => read(rowsOf(answers[index]))) as ResultsOf<Statements>;
  } finally {
    if (manager.queryRunner === undefined) await runner.release();
  }
}

function rowsOf(answer: PromiseSettledResult<{ readonly rows: never[] }> | undefined): never[] {
  if (answer?.status === 'rejected') throw answer.reason;
  return answer?.value.rows ?? [];
}
