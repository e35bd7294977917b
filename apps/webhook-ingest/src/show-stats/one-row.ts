import { type EntityManager } from 'typeorm';

/** Runs a query that returns exactly one row. */
export async function one<Row>(manager: EntityManager, query: string, values: unknown[] = []): Promise<Row> {
  const [row] = await manager.query<Row[]>(query, values);
  return row as Row;
}
