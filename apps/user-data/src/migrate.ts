import '@gatehouse/node-version';
import { loadDatabaseConfig } from './config';
import { migrateData } from './database/migrate-data';

/** Runs the pending migrations on the database in DATABASE_URL, as its owner. Prints one line per migration. */
async function migrate(): Promise<void> {
  try {
    const names = await migrateData(loadDatabaseConfig());
    for (const name of names) process.stdout.write(`user-data: ${name} applied\n`);
    if (names.length === 0) process.stdout.write('user-data: the database is up to date\n');
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
    process.stderr.write(`user-data cannot migrate: ${reason}\n`);
    process.exitCode = 1;
  }
}

void migrate();
