import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

/**
 * One run of a statement that PostgreSQL keeps prepared, once for each connection: it is parsed and planned once, which
 * is a quarter of the cost of a multi-row insert. One that reads a table has to find its rows by key whatever the
 * planner thinks: a plan that was made when the table was empty is kept until the table is analyzed. A pooler in between
 * must know prepared statements.
 * @see https://www.postgresql.org/docs/current/sql-prepare.html
 */
export interface Statement<Result = void> {
  /** Of this text alone. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** What its rows are to whoever asks. */
  readonly read: (rows: never[]) => Result;
}

/** A statement whose rows, if any, nobody reads. */
export function write(name: string, text: string, values: readonly unknown[]): Statement {
  return { name, text, values, read: () => undefined };
}

/** The same over many rows, which travel as one JSON array, `$1`; none when there are none. */
export function writeRows(name: string, text: string, rows: readonly object[]): Statement[] {
  return rows.length === 0 ? [] : [write(name, text, [JSON.stringify(rows)])];
}

type ResultsOf<Statements extends readonly Statement<unknown>[]> = {
  -readonly [Index in keyof Statements]: Statements[Index] extends Statement<infer Result> ? Result : never;
};

/**
 * Sends statements together and gives what each reads: one round trip, however many they are. PostgreSQL runs them one
 * after the other, and under READ COMMITTED each sees what was committed until it began: what is read behind a lock is as
 * it was left by whoever held it before. Throws what the first that failed throws, when all have come to their end.
 */
export async function runStatements<const Statements extends readonly Statement<unknown>[]>(
  manager: EntityManager,
  statements: Statements,
): Promise<ResultsOf<Statements>> {
  if (statements.length === 0) return [] as unknown[] as ResultsOf<Statements>;
  const runner = manager.queryRunner ?? manager.dataSource.createQueryRunner();
  try {
    // TypeORM's own `query` awaits before it sends, and so would not keep the order.
    const client = (await runner.connect()) as Pick<ClientBase, 'query'>;
    const { query_timeout: timeoutMs } = manager.dataSource.options.extra as { query_timeout: number };
    // What a transaction sets for its plans is not to be missed by one that was made outside of any.
    const suffix = runner.isTransactionActive ? '' : '-alone';
    const answers = await Promise.allSettled(
      statements.map(({ name, text, values }, index) => {
        // Each waits for those before it.
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
