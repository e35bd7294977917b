import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName } from '@gatehouse/contracts';
import { MigrationFailedError, NotBuiltError } from '../errors';
import { type Leash } from '../processes/leash';
import { ManagedProcess } from '../processes/managed-process';

/** Which migrations to run, and on which database. */
export interface MigrationOptions {
  app: ServiceName;
  root: string;
  ownerUrl: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  leash?: Leash;
}

/**
 * Runs the migrations of one service in a separate process, as the owner of its database, like a deployment.
 * @throws NotBuiltError, MigrationFailedError
 */
export async function migrateDatabase(options: MigrationOptions): Promise<void> {
  const entry = join(options.root, 'dist/apps', options.app, 'src/migrate.js');
  if (!existsSync(entry)) throw new NotBuiltError(entry);
  const run = await ManagedProcess.start({
    name: `${options.app} migration`,
    command: process.execPath,
    args: ['--enable-source-maps', entry],
    cwd: options.root,
    env: { ...options.environment, DATABASE_URL: options.ownerUrl },
    logFile: options.logFile,
    leash: options.leash,
  });
  const limit = setTimeout(() => void run.kill(), 120_000);
  const { code } = await run.exited;
  clearTimeout(limit);
  if (code !== 0) throw new MigrationFailedError(options.app, run.lastLines(10));
}
