import { type DatabaseAddress } from '@gatehouse/config';
import { runMigrations, schemaDifferences, withDatabase } from '@gatehouse/persistence';
import { migrationDatabase } from './database-options';

/** Runs the pending migrations of the database, as its owner. Returns their names. */
export function migrateData(owner: DatabaseAddress): Promise<string[]> {
  return withDatabase(migrationDatabase(owner), runMigrations);
}

/** Statements that would make the database match the entities; empty when they agree. */
export function dataSchemaDifferences(owner: DatabaseAddress): Promise<string[]> {
  return withDatabase(migrationDatabase(owner), schemaDifferences);
}
