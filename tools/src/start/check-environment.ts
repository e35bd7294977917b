import { faultText, type NearMiss, natsServers, nearMisses, parseEnvironment, postgresUrl } from '@gatehouse/config';
import {
  BadVariableError,
  appNames,
  databaseNames,
  databaseVariables,
  defaultPorts,
  portVariables,
  portsFrom,
  serviceEnvironments,
  workerVariable,
  type GatehousePorts,
  type LocalSettings,
  type ServiceDatabases,
} from '@gatehouse/local-stack';
import { natsIdentities, natsPasswordVariable, serviceNames } from '@gatehouse/contracts';
import { z } from 'zod';
import { type ClerkSource } from './clerk-source';
import { EnvironmentError } from './errors';
import { environmentFaults, faultsOf, programVariables, type ProgramConfigs } from './parse-environments';

/** Variables that name the caller's own servers. */
const servers = z.object({
  DATABASE_URL: postgresUrl.optional(),
  ...Object.fromEntries(databaseVariables.map((variable) => [variable, postgresUrl.optional()])),
  NATS_URL: natsServers.optional(),
});

/** An address that no program connects to during the check. */
const LOCAL = 'postgres://127.0.0.1';

const portNames = ['PORT', 'OPS_PORT', ...Object.values(portVariables)];

/** Every variable that `npm start` or a program that it starts reads. */
export function knownVariables(configs: ProgramConfigs): readonly string[] {
  return [
    ...new Set([
      ...programVariables(configs),
      ...Object.keys(servers.shape),
      ...portNames,
      ...natsIdentities.map(natsPasswordVariable),
      'GATEHOUSE_STATE_DIR',
      'NATS_SERVER_BIN',
      'NATS_SERVER_DOWNLOAD_BASE',
    ]),
  ];
}

/** Finds variables that are set under a misspelled name, each with the variable that was probably meant. */
export function misnamedVariables(env: NodeJS.ProcessEnv, configs: ProgramConfigs): readonly NearMiss[] {
  return nearMisses(env, knownVariables(configs));
}

/**
 * Checks everything that the caller has set, before anything is started: the servers, the ports, and the environment of
 * each program with the program's own parser.
 * @throws EnvironmentError that names every faulty variable without its value
 */
export function checkEnvironment(
  env: NodeJS.ProcessEnv,
  settings: LocalSettings,
  clerk: ClerkSource,
  configs: ProgramConfigs,
): GatehousePorts {
  const { ports, faults: portFaults } = checkPorts(env);
  const environments = serviceEnvironments({
    // NATS_URL and DATABASE_URL are left out here and checked below, because a program would report their faults under
    // its own variable names.
    env: { ...env, NATS_URL: undefined, DATABASE_URL: undefined },
    ports,
    settings,
    nats: { url: 'nats://127.0.0.1', credentials: (user) => ({ user, password: 'checked below' }) },
    databases: Object.fromEntries(
      databaseNames.map((name) => [name, { serviceUrl: LOCAL, ...(workerVariable(name) && { workerUrl: LOCAL }) }]),
    ) as ServiceDatabases,
    emulatorStateFile: clerk.kind === 'emulator' ? 'clerk-emulator.json' : undefined,
  });
  const programs = appNames.filter((name) => name !== 'clerk-emulator' || clerk.kind === 'emulator');
  const faults = [
    ...faultsOf(() => parseEnvironment(servers, env)).map(faultText),
    ...(env.DATABASE_URL_FILE ? ['DATABASE_URL_FILE is not read by npm start: set DATABASE_URL'] : []),
    ...missingPasswords(env),
    ...portFaults,
    ...environmentFaults(configs, environments, programs).map(
      (fault) => `${faultText(fault)} (${fault.programs.join(', ')})`,
    ),
  ];
  if (faults.length > 0) throw new EnvironmentError(faults, clerk.kind === 'own' ? clerk.settings : []);
  return ports;
}

/** At most one fault: NATS_URL is set, but passwords of NATS users are missing. The fault names their variables. */
function missingPasswords(env: NodeJS.ProcessEnv): string[] {
  const missing = env.NATS_URL ? serviceNames.map(natsPasswordVariable).filter((name) => !env[name]) : [];
  if (missing.length === 0) return [];
  const [are, passwords] = missing.length === 1 ? ['is', 'a password'] : ['are', 'passwords'];
  const users = `${passwords} of the NATS users that "npm run nats:config" prints`;
  return [`${missing.join(', ')} ${are} required with NATS_URL: ${users}`];
}

function checkPorts(env: NodeJS.ProcessEnv): { ports: GatehousePorts; faults: string[] } {
  const faults = portNames.flatMap((variable) => {
    try {
      portsFrom({ [variable]: env[variable] });
      return [];
    } catch (error) {
      if (!(error instanceof BadVariableError)) throw error;
      return [error.message.replace(/\.$/, '')];
    }
  });
  if (faults.length > 0) return { ports: defaultPorts, faults };
  const ports = portsFrom(env);
  const names = Object.keys(ports) as (keyof GatehousePorts)[];
  for (const [index, name] of names.entries()) {
    const twin = names.slice(index + 1).find((other) => ports[other] === ports[name]);
    if (twin === undefined) continue;
    faults.push(`${portVariables[name]} and ${portVariables[twin]} are the same port: set one of them to another`);
  }
  return { ports, faults };
}
