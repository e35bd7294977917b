import { type AppName } from '@gatehouse/local-stack';
import { serviceNames, serviceRow } from '@gatehouse/contracts';

/** A program that a deployment starts, and how it reads its environment. */
export interface DeployedProgram {
  /** The service whose image holds the program. */
  readonly image: AppName;
  /** Path of the program in the image. */
  readonly path: string;
  /** Variables that the program or its service reads. */
  readonly variableNames: readonly string[];
  /** Parses an environment as the program does. @throws ConfigError */
  readonly load: (environment: NodeJS.ProcessEnv) => unknown;
}

type Load = (environment: NodeJS.ProcessEnv) => unknown;

interface ConfigModule {
  readonly variableNames: readonly string[];
  readonly loadConfig: Load;
  readonly loadDatabaseConfig?: Load;
  readonly loadSetupConfig?: Load;
}

/**
 * The programs of a deployment, by the name of their container or workload: every service, the emulator, and the jobs
 * `migrate-<service>` and `nats-setup`. Follows from the table of services.
 */
export async function deployedPrograms(): Promise<ReadonlyMap<string, DeployedProgram>> {
  const apps: AppName[] = [...serviceNames, 'clerk-emulator'];
  const programs = await Promise.all(apps.map(programsOf));
  return new Map(programs.flat());
}

async function programsOf(app: AppName): Promise<[string, DeployedProgram][]> {
  const config = (await import(`../../../apps/${app}/src/config`)) as ConfigModule;
  const program = (name: string, file: string, load: Load): [string, DeployedProgram] => [
    name,
    { image: app, path: `apps/${app}/src/${file}.js`, variableNames: config.variableNames, load },
  ];
  const migrates = app !== 'clerk-emulator' && serviceRow(app).database !== undefined;
  return [
    program(app, 'main', config.loadConfig),
    ...(migrates ? [program(`migrate-${app}`, 'migrate', config.loadDatabaseConfig ?? missing(app))] : []),
    ...(config.loadSetupConfig ? [program('nats-setup', 'nats-setup', config.loadSetupConfig)] : []),
  ];
}

/** A service with a database whose config.ts exports no `loadDatabaseConfig`. */
function missing(app: AppName): Load {
  return () => {
    throw new TypeError(`apps/${app}/src/config.ts exports no loadDatabaseConfig`);
  };
}
