import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DatabaseName,
  natsAccounts,
  natsIdentities,
  natsPasswordVariable,
  natsQuoted,
  setupIdentity,
} from '@gatehouse/contracts';
import {
  AppProcess,
  type GatehousePorts,
  type Leash,
  type LocalSettings,
  type NatsServer,
  type PostgresServer,
  type ServiceDatabases,
  connectionUrl,
  databaseNames,
  databaseOwners,
  databaseRoles,
  freePorts,
  loadSettings,
  makeDirectory,
  migrateDatabase,
  prepareDatabases,
  resolveNatsServer,
  runCommand,
  serviceEnvironments,
  setUpStreams,
  setupEnvironment,
  startNatsServer,
  startPostgres,
  withClient,
  workerRole,
  workspaceState,
} from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { Release } from './release';

const COMMAND_TIMEOUT_MS = 60_000;
const ACCOUNTS_FILE = 'gatehouse-accounts.conf';
const RELOADED = 'Reloaded server configuration';

type Environments = ReturnType<typeof serviceEnvironments>;

/** PostgreSQL, nats-server and the emulator, which every release uses. */
export class Servers {
  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    readonly ports: GatehousePorts,
    readonly settings: LocalSettings,
    readonly databases: ServiceDatabases,
    /** Environment of each program, as this checkout names its variables. */
    readonly environments: Environments,
    private readonly postgres: PostgresServer,
    private readonly nats: NatsServer,
    private readonly emulator: AppProcess,
  ) {}

  /** Starts the servers; nats-server has the accounts of `release`. */
  static async start(directory: string, leash: Leash, release: Release): Promise<Servers> {
    const ports = await freePorts();
    const settings = loadSettings(directory);
    const postgres = await startPostgres({
      directory: join(directory, 'postgres'),
      logFile: join(directory, 'postgres.log'),
      superuserPassword: settings.postgresPassword,
      port: ports.postgres,
      durability: 'fast',
      leash,
    });
    const databases = await prepareDatabases(postgres.adminUrl, {}, settings.databasePasswords);
    await removeNewDatabases(postgres.adminUrl, release);
    const nats = await startNats(directory, leash, ports.nats, settings, await accountsOf(release, settings));
    const environments = serviceEnvironments({
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        LOG_LEVEL: 'warn',
        // Each request of the load names an address of its own, so that limits by address do not apply.
        TRUST_PROXY: 'loopback',
      },
      ports,
      settings,
      nats: { url: nats.url, credentials: (user) => ({ user, password: settings.natsPasswords[user] }) },
      databases,
      emulatorStateFile: join(directory, 'clerk-emulator.json'),
    });
    const emulator = new AppProcess({
      name: 'clerk-emulator',
      root: Release.current.root,
      environment: environments['clerk-emulator'],
      logFile: join(directory, 'clerk-emulator.log'),
      readyUrl: `http://127.0.0.1:${ports.emulator}/emulator/health`,
      leash,
    });
    await emulator.start();
    return new Servers(directory, leash, ports, settings, databases, environments, postgres, nats, emulator);
  }

  /** URL of a superuser on a database, whom row-level security does not restrict. */
  adminUrlOf(database: DatabaseName): string {
    return connectionUrl(this.postgres.adminUrl, { database: databaseRoles(database).database });
  }

  /** What an operator does before the services of a release start: databases, NATS accounts, migrations, streams. */
  async prepare(release: Release): Promise<void> {
    if (release === Release.current) {
      await prepareDatabases(this.postgres.adminUrl, {}, this.settings.databasePasswords);
    }
    await this.reloadAccounts(release);
    const { root, node } = release;
    const common = { root, node, leash: this.leash };
    for (const name of databaseNames.filter((each) => release.services.includes(databaseOwners[each]))) {
      await migrateDatabase({
        ...common,
        app: databaseOwners[name],
        ownerUrl: this.databases[name].ownerUrl,
        environment: release.environment(this.environments[databaseOwners[name]]),
        logFile: join(this.directory, 'migrations.log'),
      });
    }
    const environment = setupEnvironment(
      this.environments['stream-keeper'],
      this.settings.natsPasswords[setupIdentity],
    );
    await setUpStreams({
      ...common,
      environment: release.environment(environment),
      recreate: false,
      logFile: join(this.directory, 'nats-setup.log'),
    });
  }

  async stop(): Promise<void> {
    await this.emulator.stop();
    await this.nats.stop();
    await this.postgres.stop();
  }

  private async reloadAccounts(release: Release): Promise<void> {
    const log = join(this.directory, 'nats-server.log');
    const reloads = () => readFileSync(log, 'utf8').split(RELOADED).length;
    const before = reloads();
    writeAccounts(this.directory, await accountsOf(release, this.settings));
    process.kill(this.nats.process.pid, 'SIGHUP');
    await eventually(() => reloads() > before);
  }
}

/** Removes the databases that a release does not have, with their roles: they appear with the upgrade. */
async function removeNewDatabases(adminUrl: string, release: Release): Promise<void> {
  await withClient(adminUrl, async (client) => {
    for (const name of databaseNames.filter((each) => !release.services.includes(databaseOwners[each]))) {
      const { database, ownerRole, serviceRole } = databaseRoles(name);
      await client.query(`DROP DATABASE ${database}`);
      for (const role of [ownerRole, serviceRole, workerRole(name)]) if (role) await client.query(`DROP ROLE ${role}`);
    }
  });
}

/** What the release's `npm run nats:config` prints, with the password of each user that it names. */
async function accountsOf(release: Release, settings: LocalSettings): Promise<string> {
  const text = await runCommand(release.node, [release.program('stream-keeper', 'nats-config')], {
    timeoutMs: COMMAND_TIMEOUT_MS,
  });
  // nats-server rejects a variable that nothing uses.
  const passwords = natsIdentities
    .filter((name) => text.includes(natsPasswordVariable(name)))
    .map((name) => `${natsPasswordVariable(name)}: ${natsQuoted(settings.natsPasswords[name])}\n`);
  return passwords.join('') + text;
}

function writeAccounts(directory: string, text: string): void {
  makeDirectory(join(directory, 'nats'));
  writeFileSync(join(directory, 'nats', ACCOUNTS_FILE), text, { mode: 0o600 });
}

async function startNats(
  directory: string,
  leash: Leash,
  port: number,
  settings: LocalSettings,
  accounts: string,
): Promise<NatsServer> {
  const { NATS_URL: _, ...env } = process.env;
  const program = await resolveNatsServer({ env, stateDirectory: workspaceState() });
  if (program.kind !== 'program') throw new Error('this test needs a nats-server program');
  writeAccounts(directory, accounts);
  return startNatsServer({
    program,
    directory: join(directory, 'nats'),
    logFile: join(directory, 'nats-server.log'),
    // Only names the user with which the start is checked.
    accounts: natsAccounts((name) => settings.natsPasswords[name]),
    accountsText: `include ./${ACCOUNTS_FILE}\n`,
    port,
    leash,
  });
}
