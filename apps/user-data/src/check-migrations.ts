import '@gatehouse/node-version';
import { loadDatabaseConfig } from './config';
import { dataSchemaDifferences } from './database/migrate-data';

/** Prints where the entities and the migrated database in DATABASE_URL differ; exit code 1 if they do. */
async function checkMigrations(): Promise<void> {
  try {
    const differences = await dataSchemaDifferences(loadDatabaseConfig());
    for (const statement of differences) process.stdout.write(`user-data: missing in the migrations: ${statement}\n`);
    if (differences.length === 0) process.stdout.write('user-data: migrations and entities agree\n');
    else process.exitCode = 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
    process.stderr.write(`user-data cannot check its migrations: ${reason}\n`);
    process.exitCode = 1;
  }
}

void checkMigrations();
