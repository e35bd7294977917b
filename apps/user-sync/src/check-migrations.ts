import '@gatehouse/node-version';
import { loadDatabaseConfig } from './config';
import { usersSchemaDifferences } from './database/migrate-users';

/** Prints where the entities and the migrated database in DATABASE_URL differ; exit code 1 if they do. */
async function checkMigrations(): Promise<void> {
  try {
    const differences = await usersSchemaDifferences(loadDatabaseConfig());
    for (const statement of differences) process.stdout.write(`user-sync: missing in the migrations: ${statement}\n`);
    if (differences.length === 0) process.stdout.write('user-sync: migrations and entities agree\n');
    else process.exitCode = 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
    process.stderr.write(`user-sync cannot check its migrations: ${reason}\n`);
    process.exitCode = 1;
  }
}

void checkMigrations();
