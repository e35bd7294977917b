import { type EntityManager } from 'typeorm';
import { TransactionMissingError } from './errors';

/** The statement with which a transaction ends. */
export interface LastStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Makes the error of the transaction from that of the statement. */
  readonly refused: (error: unknown) => unknown;
}

/** An open transaction of PostgreSQL. */
export interface Transaction {
  /**
   * Runs one unnamed statement and returns its rows, also of `INSERT`, `UPDATE` and `DELETE … RETURNING`. Statements run
   * in the order of the calls.
   */
  query<Row extends object = never>(text: string, values?: readonly unknown[]): Promise<Row[]>;

  /**
   * Has the statement sent together with COMMIT, in one round trip. If it fails, so does the transaction. Missing where
   * another library sends COMMIT.
   */
  endWith?(statement: LastStatement): void;
}

/**
 * The transaction of a TypeORM manager.
 * @throws TransactionMissingError when `manager` is not that of a `transaction` callback
 */
export function transactionOf({ queryRunner }: EntityManager): Transaction {
  if (queryRunner?.isTransactionActive !== true) throw new TransactionMissingError();
  return {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await queryRunner.query(text, [...values], true)).records as Row[],
  };
}
