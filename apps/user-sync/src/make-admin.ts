import '@gatehouse/node-version';
import 'reflect-metadata';
import { createLogger } from '@gatehouse/observability';
import { connectDatabase, createDataSource, requireSchema } from '@gatehouse/persistence';
import { Registry } from 'prom-client';
import { type DataSource } from 'typeorm';
import { ClerkAddresses } from './clerk/clerk-addresses';
import { ClerkBudget } from './clerk/clerk-budget';
import { ClerkHealth } from './clerk/clerk-health';
import { ClerkJson } from './clerk/clerk-json';
import { ClerkRequests } from './clerk/clerk-requests';
import { type AdminConfig, loadAdminConfig } from './config';
import { serviceDatabase } from './database/database-options';
import { cancelPromise, openPromises } from './users/grant-admin/admin-promises';
import { type Command, USAGE, describeGrant, describePromises, parseCommand } from './users/grant-admin/command';
import { grantAdmin } from './users/grant-admin/grant-admin';

/**
 * Makes a user an admin, or lists or cancels promises of the admin role. Of the service's environment variables, only
 * those of the users database and of Clerk are needed.
 */
async function makeAdmin(args: readonly string[]): Promise<void> {
  const command = parseCommand(args);
  if (command === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const config = loadAdminConfig();
  const dataSource = createDataSource(serviceDatabase({ ...config.database, poolSize: 2 }));
  try {
    await connectDatabase(dataSource);
    await requireSchema(dataSource, 'user-sync');
    process.stdout.write(`${await perform(command, dataSource, config)}\n`);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function perform(command: Command, dataSource: DataSource, config: AdminConfig): Promise<string> {
  switch (command.verb) {
    case 'grant':
      return describeGrant(await grantAdmin(dataSource, clerkAddresses(config, dataSource), command.email));
    case 'list':
      return describePromises(await openPromises(dataSource.manager));
    case 'cancel':
      return (await cancelPromise(dataSource, command.email))
        ? 'The promise is cancelled.'
        : 'No promise is open for this address.';
  }
}

function clerkAddresses(config: AdminConfig, dataSource: DataSource): ClerkAddresses {
  const log = createLogger({ service: 'user-sync', level: 'silent' });
  const metrics = new Registry();
  const budget = new ClerkBudget(config, dataSource, metrics);
  const requests = new ClerkRequests(budget, new ClerkHealth(config, log, metrics), metrics);
  return new ClerkAddresses(new ClerkJson(config, requests));
}

makeAdmin(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`user-sync cannot make an admin: ${reason}\n`);
  process.exitCode = 1;
});
