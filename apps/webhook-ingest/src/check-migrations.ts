import '@gatehouse/node-version';
import 'reflect-metadata';
import { schemaDifferences, withDatabase } from '@gatehouse/persistence';
import { loadDatabaseConfig } from './config';
import { migrationDatabase } from './database/database-options';

/** Prints the statements that would make the migrated database match the entities; fails if there are any. */
async function check(): Promise<void> {
  const differences = await withDatabase(migrationDatabase(loadDatabaseConfig()), schemaDifferences);
  for (const statement of differences)
    process.stdout.write(`webhook-ingest: missing in the migrations: ${statement}\n`);
  if (differences.length > 0) process.exitCode = 1;
}

check().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`webhook-ingest: checking the migrations failed: ${reason}\n`);
  process.exitCode = 1;
});
