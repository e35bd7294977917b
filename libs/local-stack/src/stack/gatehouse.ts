import { join } from 'node:path';
import {
  natsAccounts,
  natsPasswordVariable,
  serviceNames,
  setupIdentity,
  type NatsIdentity,
} from '@gatehouse/contracts';
import { makeDirectory } from '../processes/make-directory';
import { requireFreePort } from '../processes/free-port';
import { resolveNatsServer } from '../nats/nats-resolution';
import { startNatsServer } from '../nats/nats-server';
import { startPostgres } from '../postgres/postgres';
import { explainFileError } from '../processes/explain-failure';
import { AppProcess } from './app-process';
import {
  databaseNames,
  databaseOwners,
  databaseVariable,
  postgresVersion,
  prepareDatabases,
  type ServiceDatabases,
} from './databases';
import { migrateDatabase } from './migrate';
import { namedNatsVersion } from './named-nats';
import { setUpStreams, setupEnvironment } from './set-up-streams';
import { httpPortOf, opsPortOf, portVariables, type GatehousePorts, type PortName } from './ports';
import { RunningParts, type EndListeners } from './running-parts';
import {
  appNames,
  gatehouseUrls,
  serviceEnvironments,
  type AppName,
  type GatehouseUrls,
  type ServiceEnvironmentInput,
} from './service-environment';
import { loadSettings, type LocalSettings } from './settings';

/** How to run Gatehouse on this machine. */
export interface GatehouseOptions extends EndListeners {
  /** The checkout, with its `dist/`. */
  root: string;
  /** Folder of data, logs and settings; created when missing. Two running instances must not share it. */
  stateDirectory: string;
  ports: GatehousePorts;
  /**
   * Environment variables for the programs; none by default. They replace the defaults of `serviceEnvironments`. `npm
   * start` passes its own environment. With DATABASE_URL no PostgreSQL is started, with NATS_URL no nats-server.
   */
  env?: NodeJS.ProcessEnv;
  /** Whether to start the emulator; true by default. When false, `env` names the Clerk to use. */
  emulator?: boolean;
  /** Folder in which a nats-server program is cached; the state directory by default. */
  programDirectory?: string;
  durability?: 'durable' | 'fast';
  /** Cancels the start: stops what was started and throws the reason of the signal. */
  signal?: AbortSignal;
  /** Called after each step with its name, result and duration. */
  onStep?: (step: { name: string; detail: string; ms: number }) => void;
  onProgress?: (message: string) => void;
  /** Called with each line that a program writes. */
  onLine?: (app: AppName, line: string) => void;
}

/** A running Gatehouse. */
export interface Gatehouse {
  urls: GatehouseUrls;
  ports: GatehousePorts;
  settings: LocalSettings;
  /** Complete environment of each program: the defaults, with the replacements of the option `env`. */
  environments: Record<AppName, NodeJS.ProcessEnv>;
  /**
   * Environment of `nats-setup`. Undefined when the password of its NATS user `nats-setup` is unknown: NATS_URL names a
   * server, and `env` has no NATS_PASSWORD_NATS_SETUP.
   */
  setupEnvironment: NodeJS.ProcessEnv | undefined;
  databases: ServiceDatabases;
  natsUrl: string;
  apps: Record<AppName, AppProcess>;
  /** Stops services, emulator, NATS and PostgreSQL in this order. Resolves when all processes have ended. */
  stop(): Promise<void>;
  /** Sends SIGKILL to everything that still runs. */
  kill(): Promise<void>;
}

/**
 * Starts PostgreSQL, nats-server, the migrations, the emulator (unless `emulator` is false) and the services. Each is
 * ready before anything that depends on it starts. When a step fails, stops what was started, then throws the error.
 * @throws LocalServerError
 */
export async function startGatehouse(options: GatehouseOptions): Promise<Gatehouse> {
  const running = new RunningParts(options);
  const onAbort = () => void running.stop();
  options.signal?.addEventListener('abort', onAbort);
  try {
    const gatehouse = await new GatehouseStart(options, running).run();
    options.signal?.throwIfAborted();
    return gatehouse;
  } catch (error) {
    await running.end();
    throw explainFileError(error, options.stateDirectory);
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** How to reach nats-server, and whether this process started it. */
type Nats = ServiceEnvironmentInput['nats'] & { readonly own: boolean };

class GatehouseStart {
  private readonly env: NodeJS.ProcessEnv;
  private readonly emulated: boolean;

  constructor(
    private readonly options: GatehouseOptions,
    private readonly running: RunningParts,
  ) {
    this.env = options.env ?? {};
    this.emulated = options.emulator ?? true;
  }

  async run(): Promise<Gatehouse> {
    const { ports, stateDirectory } = this.options;
    makeDirectory(stateDirectory);
    const settings = loadSettings(stateDirectory);
    await this.requirePorts();
    const [databases, nats] = await allOrFirstFailure([this.postgres(settings), this.nats(settings)]);
    const environments = serviceEnvironments({
      env: this.env,
      ports,
      settings,
      nats,
      databases,
      emulatorStateFile: this.emulated ? join(stateDirectory, 'clerk-emulator.json') : undefined,
    });
    const { password } = nats.credentials(setupIdentity);
    const setup = password === undefined ? undefined : setupEnvironment(environments['stream-keeper'], password);
    const apps = Object.fromEntries(appNames.map((name) => [name, this.app(name, environments[name])])) as Record<
      AppName,
      AppProcess
    >;
    await allOrFirstFailure([
      this.migrate(databases, environments),
      // Without NATS_PASSWORD_NATS_SETUP for a server in NATS_URL, this step is skipped. stream-keeper then creates
      // missing streams and consumers, but nobody changes existing ones to match their contracts.
      ...(setup ? [this.setUpStreams(setup, nats.own)] : []),
      ...(this.emulated ? [this.startApp(apps['clerk-emulator'], ports.emulator)] : []),
    ]);
    await allOrFirstFailure(
      serviceNames.map((name) => this.startApp(apps[name], ports[httpPortOf(name) ?? opsPortOf(name)])),
    );
    return {
      urls: gatehouseUrls(ports),
      ports,
      settings,
      environments,
      setupEnvironment: setup,
      databases,
      natsUrl: nats.url,
      apps,
      stop: () => this.running.end(),
      kill: () => this.running.kill(),
    };
  }

  /** Checks all ports before anything is started, so that a taken port is reported at once. */
  private async requirePorts(): Promise<void> {
    const users: [PortName | undefined, string][] = [
      ...serviceNames.map((name) => [httpPortOf(name), name] as [PortName | undefined, string]),
      [this.emulated ? 'emulator' : undefined, 'clerk-emulator'],
      ...serviceNames.map((name) => [opsPortOf(name), `${name}'s operations port`] as [PortName, string]),
    ];
    for (const [name, user] of users) {
      if (name !== undefined) await requireFreePort(this.options.ports[name], user, portVariables[name]);
    }
  }

  private async postgres(settings: LocalSettings): Promise<ServiceDatabases> {
    const named = this.env.DATABASE_URL;
    const variables = databaseNames.map(databaseVariable);
    const variable = named ? 'DATABASE_URL' : variables.every((name) => this.env[name]) ? variables[0] : undefined;
    let adminUrl = named || undefined;
    if (variable !== undefined) {
      await this.step('PostgreSQL', async () => {
        return `${await postgresVersion(this.env[variable] ?? '', variable)}, as ${variable} says`;
      });
    } else {
      await this.step('PostgreSQL', async () => {
        const server = await startPostgres({
          directory: join(this.options.stateDirectory, 'postgres'),
          logFile: this.logFile('postgres'),
          superuserPassword: settings.postgresPassword,
          port: this.options.ports.postgres,
          portVariable: portVariables.postgres,
          durability: this.options.durability,
          leash: this.running.leash,
        });
        this.running.add({ rank: 3, stop: server.stop, kill: () => server.process.kill() });
        this.running.watch(server.process);
        adminUrl = server.adminUrl;
        return `${server.version} on port ${server.port}`;
      });
    }
    return prepareDatabases(adminUrl, this.env, settings.databasePasswords);
  }

  private async nats(settings: LocalSettings): Promise<Nats> {
    let url = '';
    let own = false;
    const credentials = (identity: NatsIdentity) => ({
      user: identity,
      password: own ? settings.natsPasswords[identity] : this.env[natsPasswordVariable(identity)] || undefined,
    });
    await this.step('nats-server', async () => {
      const found = await resolveNatsServer({
        env: this.env,
        stateDirectory: this.options.programDirectory ?? this.options.stateDirectory,
        onProgress: this.options.onProgress,
      });
      if (found.kind === 'server') {
        url = found.url;
        return `${await namedNatsVersion(url, serviceNames.map(credentials))}, as NATS_URL says`;
      }
      const server = await startNatsServer({
        program: found,
        directory: join(this.options.stateDirectory, 'nats'),
        logFile: this.logFile('nats-server'),
        accounts: natsAccounts((name) => settings.natsPasswords[name]),
        port: this.options.ports.nats,
        portVariable: portVariables.nats,
        // What the streams reserve, so that a disk with less room than that is enough.
        maxFileStore: '4GB',
        syncAlways: this.options.durability !== 'fast',
        leash: this.running.leash,
      });
      this.running.add({ rank: 2, stop: server.stop, kill: () => server.process.kill() });
      this.running.watch(server.process);
      [url, own] = [server.url, true];
      return `${found.version} on port ${server.port}`;
    });
    return { url, credentials, own };
  }

  private setUpStreams(environment: NodeJS.ProcessEnv, own: boolean): Promise<void> {
    return this.step('streams', async () => {
      await setUpStreams({
        root: this.options.root,
        environment,
        // If `own`, this process has started nats-server, and stops it when this step fails. Nobody could then run
        // `nats-setup --recreate` against the stopped server, so this step itself recreates what NATS refuses to
        // change. Streams on a server in NATS_URL are deleted only by that server's operator.
        recreate: own,
        logFile: this.logFile('nats-setup'),
        leash: this.running.leash,
      });
      return 'match their contracts';
    });
  }

  private migrate(databases: ServiceDatabases, environments: Record<AppName, NodeJS.ProcessEnv>): Promise<void> {
    return this.step('migrations', async () => {
      await allOrFirstFailure(
        databaseNames.map((name) =>
          migrateDatabase({
            app: databaseOwners[name],
            root: this.options.root,
            ownerUrl: databases[name].ownerUrl,
            environment: environments[databaseOwners[name]],
            logFile: this.logFile('migrations'),
            leash: this.running.leash,
          }),
        ),
      );
      return `${new Intl.ListFormat('en-GB').format(databaseNames)} are up to date`;
    });
  }

  private app(name: AppName, environment: NodeJS.ProcessEnv): AppProcess {
    const app: AppProcess = new AppProcess({
      name,
      root: this.options.root,
      environment,
      logFile: this.logFile(name),
      readyUrl: readyUrl(name, this.options.ports),
      leash: this.running.leash,
      onLine: (line) => this.options.onLine?.(name, line),
      onLogError: (error) => this.running.logError(error),
      onCrash: (exit) => this.running.crash({ name, exit, lastLines: app.lastLines(10) }),
    });
    this.running.add({ rank: name === 'clerk-emulator' ? 1 : 0, stop: () => app.stop(), kill: () => app.kill() });
    return app;
  }

  private startApp(app: AppProcess, port: number): Promise<void> {
    return this.step(app.name, async () => {
      await app.start();
      return `on port ${port}`;
    });
  }

  private async step(name: string, work: () => Promise<string>): Promise<void> {
    this.options.signal?.throwIfAborted();
    const started = performance.now();
    const detail = await work();
    this.options.onStep?.({ name, detail, ms: performance.now() - started });
  }

  private logFile(name: string): string {
    return join(this.options.stateDirectory, 'logs', `${name}.log`);
  }
}

function readyUrl(app: AppName, ports: GatehousePorts): string {
  return app === 'clerk-emulator'
    ? `http://127.0.0.1:${ports.emulator}/emulator/health`
    : `http://127.0.0.1:${ports[opsPortOf(app)]}/readyz`;
}

/** Waits for all promises even when one fails, so that nothing is still starting when the rest is stopped. */
async function allOrFirstFailure<const T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(work);
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}
