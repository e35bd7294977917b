import '@gatehouse/node-version';
import 'reflect-metadata';
import { connectDatabase, createDataSource, requireSchema } from '@gatehouse/persistence';
import { USAGE, describeRepair, parseCommand } from './after-restore/command';
import { logLines, readTrustChanges } from './after-restore/logged-trust-changes';
import { repairTrust } from './after-restore/repair-trust';
import { loadDatabaseConfig } from './config';
import { serviceDatabase } from './database/database-options';

/**
 * Ends what a restored users database makes valid again, and queues a reconcile run. Runs before the services, with the
 * service role of the users database. Can be repeated.
 */
async function afterRestore(args: readonly string[]): Promise<void> {
  const command = parseCommand(args);
  if (command === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const { since, file, revokesAllKeys } = command;
  const changes = file === undefined ? [] : await readTrustChanges(logLines(file), since);
  const dataSource = createDataSource(serviceDatabase({ ...loadDatabaseConfig(), poolSize: 2 }));
  try {
    await connectDatabase(dataSource);
    await requireSchema(dataSource, 'user-sync');
    process.stdout.write(describeRepair(await repairTrust(dataSource, changes, revokesAllKeys), changes.length));
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

afterRestore(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`user-sync cannot repair the restored database: ${reason}\n`);
  process.exitCode = 1;
});
