import { type EntityManager } from 'typeorm';

/** The one row that a query gives. */
export async function one<Row>(manager: EntityManager, query: string, values: unknown[] = []): Promise<Row> {
  const [row] = await manager.query<Row[]>(query, values);
  return row as Row;
}
