import { connectDatabase, createDataSource, runMigrations, schemaDifferences } from '@gatehouse/persistence';
import { type DataSource } from 'typeorm';
import { type DatabaseAddress } from '@gatehouse/config';
import { migrationDatabase } from './database-options';

/** Brings the users database up to date, as its owner; gives the names of the migrations that ran. */
export function migrateUsers(owner: DatabaseAddress): Promise<string[]> {
  return connected(owner, runMigrations);
}

/** The statements that would make the users database equal to the entities; none when they agree. */
export function usersSchemaDifferences(owner: DatabaseAddress): Promise<string[]> {
  return connected(owner, schemaDifferences);
}

async function connected<Result>(
  address: DatabaseAddress,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const dataSource = await connectDatabase(createDataSource(migrationDatabase(address)));
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
