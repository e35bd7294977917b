import '@gatehouse/node-version';
import 'reflect-metadata';
import { connectDatabase, createDataSource } from '@gatehouse/persistence';
import { describeRestore, noteRestore } from './after-restore/note-restore';
import { loadWorkerDatabaseConfig } from './config';
import { workerDatabase } from './database/database-options';
import { requireWorkerRights } from './database/require-row-security';

/**
 * Makes user-data write its stream anew after its database was restored from a backup. Runs with the worker's login,
 * before the service or beside it. Can be repeated.
 */
async function afterRestore(args: readonly string[]): Promise<void> {
  if (args.length > 0) {
    process.stderr.write('usage: after-restore\n');
    process.exitCode = 2;
    return;
  }
  const dataSource = createDataSource(workerDatabase({ ...loadWorkerDatabaseConfig(), poolSize: 1 }));
  try {
    await connectDatabase(dataSource);
    await requireWorkerRights(dataSource);
    process.stdout.write(describeRestore(await noteRestore(dataSource)));
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

afterRestore(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`user-data cannot write its stream anew: ${reason}\n`);
  process.exitCode = 1;
});
