import { connectDatabase, createDataSource, runMigrations, schemaDifferences } from '@gatehouse/persistence';
import { type DataSource } from 'typeorm';
import { type DatabaseAddress } from '@gatehouse/config';
import { migrationDatabase } from './database-options';

/** Runs the pending migrations of the users database, as its owner. Returns their names. */
export function migrateUsers(owner: DatabaseAddress): Promise<string[]> {
  return connected(owner, runMigrations);
}

/** Statements that would make the users database match the entities; empty when they agree. */
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
