import { type NearMiss, faultText, natsServers, nearMisses, parseEnvironment, postgresUrl } from '@gatehouse/config';
import {
  BadVariableError,
  appNames,
  defaultPorts,
  portVariables,
  portsFrom,
  serviceEnvironments,
  type GatehousePorts,
  type LocalSettings,
} from '@gatehouse/local-stack';
import { z } from 'zod';
import { type ClerkSource } from './clerk-source';
import { EnvironmentError } from './errors';
import { environmentFaults, faultsOf, programVariables } from './parse-environments';

/** The servers that the caller may name. */
const servers = z.object({
  DATABASE_URL: postgresUrl.optional(),
  INGEST_DATABASE_URL: postgresUrl.optional(),
  USERS_DATABASE_URL: postgresUrl.optional(),
  NATS_URL: natsServers.optional(),
});

const portNames = ['PORT', 'OPS_PORT', ...Object.values(portVariables)];

/** Every variable that `npm start` or a program that it starts reads. */
export const knownVariables: readonly string[] = [
  ...new Set([
    ...programVariables,
    ...Object.keys(servers.shape),
    ...portNames,
    'GATEHOUSE_STATE_DIR',
    'NATS_SERVER_BIN',
    'NATS_SERVER_DOWNLOAD_BASE',
  ]),
];

/** Variables that are set and ignored, and whose names are close to known ones. */
export function misnamedVariables(env: NodeJS.ProcessEnv): readonly NearMiss[] {
  return nearMisses(env, knownVariables);
}

/**
 * Checks everything that the caller has set, before anything is started: the servers, the ports, and the environment of
 * every program as the program itself will parse it.
 * @throws EnvironmentError that names every faulty variable, never its value
 */
export function checkEnvironment(env: NodeJS.ProcessEnv, settings: LocalSettings, clerk: ClerkSource): GatehousePorts {
  const { ports, faults: portFaults } = checkPorts(env);
  const environments = serviceEnvironments({
    // Their form is checked by itself: a program would name it by the name that it has there.
    env: { ...env, NATS_URL: undefined, DATABASE_URL: undefined },
    ports,
    settings,
    nats: { url: 'nats://127.0.0.1', credentials: () => ({}) },
    databaseUrls: { ingest: 'postgres://127.0.0.1', users: 'postgres://127.0.0.1' },
    emulatorStateFile: clerk.kind === 'emulator' ? 'clerk-emulator.json' : undefined,
  });
  const programs = appNames.filter((name) => name !== 'clerk-emulator' || clerk.kind === 'emulator');
  const faults = [
    ...faultsOf(() => parseEnvironment(servers, env)).map(faultText),
    ...portFaults,
    ...environmentFaults(environments, programs).map((fault) => `${faultText(fault)} (${fault.programs.join(', ')})`),
  ];
  if (faults.length > 0) throw new EnvironmentError(faults, clerk.kind === 'own' ? clerk.settings : []);
  return ports;
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
