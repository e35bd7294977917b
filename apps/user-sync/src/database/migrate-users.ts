import { runMigrations, schemaDifferences, withDatabase } from '@gatehouse/persistence';
import { type DatabaseAddress } from '@gatehouse/config';
import { migrationDatabase } from './database-options';

/** Runs the pending migrations of the users database, as its owner. Returns their names. */
export function migrateUsers(owner: DatabaseAddress): Promise<string[]> {
  return withDatabase(migrationDatabase(owner), runMigrations);
}

/** Statements that would make the users database match the entities; empty when they agree. */
export function usersSchemaDifferences(owner: DatabaseAddress): Promise<string[]> {
  return withDatabase(migrationDatabase(owner), schemaDifferences);
}
