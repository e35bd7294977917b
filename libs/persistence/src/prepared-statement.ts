import type { ClientBase, QueryResult } from 'pg';
import type { EntityManager } from 'typeorm';

/** TypeORM gives its pool and its connections as `any`; they are pg's. */
type Connection = Pick<ClientBase, 'query'>;

/**
 * A statement that each connection parses and plans once, for one that runs all the time: that is a quarter of the cost of
 * a multi-row insert. Not for one that reads a table: a plan that was made when the table was empty is kept when it is
 * large, until the table is analyzed. The name is unique in the service; a pooler in between must know prepared statements.
 * @see https://www.postgresql.org/docs/current/sql-prepare.html
 */
export class PreparedStatement<Row extends object> {
  constructor(
    private readonly name: string,
    private readonly text: string,
  ) {}

  /** Runs it within the manager's transaction, if it has one. Throws pg's error. */
  async run(manager: EntityManager, values: readonly unknown[]): Promise<Row[]> {
    const connection = (await connectionOf(manager)) as Connection;
    const result: QueryResult<Row> = await connection.query<Row>({
      name: this.name,
      text: this.text,
      values: [...values],
    });
    return result.rows;
  }
}

function connectionOf({ queryRunner, connection: { driver } }: EntityManager): unknown {
  return queryRunner === undefined ? (driver as unknown as { master: unknown }).master : queryRunner.connect();
}
