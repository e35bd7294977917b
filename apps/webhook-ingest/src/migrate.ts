import '@gatehouse/node-version';
import 'reflect-metadata';
import { runMigrations, withDatabase } from '@gatehouse/persistence';
import { loadDatabaseConfig } from './config';
import { migrationDatabase } from './database/database-options';

/** Migrates the database of `DATABASE_URL`, as its owner. Prints a line for each migration, or a sentence on failure. */
async function migrate(): Promise<void> {
  const names = await withDatabase(migrationDatabase(loadDatabaseConfig()), runMigrations);
  for (const name of names) process.stdout.write(`webhook-ingest: applied ${name}\n`);
}

migrate().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`webhook-ingest: migrating the database failed: ${reason}\n`);
  process.exitCode = 1;
});
