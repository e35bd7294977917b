import { type EntityManager } from 'typeorm';

/** Runs one unnamed statement that begins with SELECT or WITH, and returns its rows. */
export async function rowsOf<Row extends object>(
  manager: Pick<EntityManager, 'query'>,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return manager.query<Row[]>(text, [...values]);
}
