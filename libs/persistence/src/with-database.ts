import { type DataSource } from 'typeorm';
import { connectDatabase } from './connect';
import { type DatabaseOptions, createDataSource } from './data-source';

/**
 * Connects to a database, runs `work` and closes the connections: for programs that end afterwards.
 * @throws DatabaseUnusableError, DatabaseUnreachableError
 */
export async function withDatabase<Result>(
  options: DatabaseOptions,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const dataSource = await connectDatabase(createDataSource(options));
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
