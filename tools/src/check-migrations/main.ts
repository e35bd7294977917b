import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseName, type ServiceName } from '@gatehouse/contracts';
import {
  databaseNames,
  databaseOwners,
  Leash,
  ManagedProcess,
  migrateDatabase,
  NotBuiltError,
  provisionDatabase,
  startPostgres,
  workerPlan,
  workspaceRoot,
} from '@gatehouse/local-stack';

const root = workspaceRoot();

void main();

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  try {
    const postgres = await startPostgres({
      directory: join(directory, 'postgres'),
      logFile: join(directory, 'postgres.log'),
      superuserPassword: randomBytes(24).toString('hex'),
      durability: 'fast',
      leash,
    });
    for (const database of databaseNames) {
      await check(databaseOwners[database], database, postgres.adminUrl, directory);
    }
    await postgres.stop();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await leash.release();
  }
}

async function check(app: ServiceName, database: DatabaseName, adminUrl: string, directory: string): Promise<void> {
  const entry = join(root, 'dist/apps', app, 'src/check-migrations.js');
  if (!existsSync(entry)) throw new NotBuiltError(entry);
  const { ownerUrl } = await provisionDatabase(adminUrl, {
    database,
    ownerRole: `${database}_owner`,
    serviceRole: `${database}_service`,
    ownerPassword: randomBytes(24).toString('hex'),
    servicePassword: randomBytes(24).toString('hex'),
    ...workerPlan(database, randomBytes(24).toString('hex')),
  });
  const logFile = join(directory, `${app}.log`);
  await migrateDatabase({ app, root, ownerUrl, environment: process.env, logFile });
  const run = await ManagedProcess.start({
    name: `${app} check`,
    command: process.execPath,
    args: ['--enable-source-maps', entry],
    cwd: root,
    env: { ...process.env, DATABASE_URL: ownerUrl },
    logFile,
    onLine: (line) => console.log(`  ${line}`),
  });
  const limit = setTimeout(() => void run.kill(), 60_000);
  const { code } = await run.exited;
  clearTimeout(limit);
  if (code === 0) return console.log(`✓ ${app}: migrations and entities agree`);
  console.error(`✗ ${app}: migrations and entities do not agree`);
  process.exitCode = 1;
}
