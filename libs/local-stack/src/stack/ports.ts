import { BadVariableError } from '../errors';
import { freePort } from '../processes/free-port';

/** The ports of one running Gatehouse, all of 127.0.0.1. */
export interface GatehousePorts {
  gateway: number;
  ingest: number;
  emulator: number;
  gatewayOps: number;
  ingestOps: number;
  userSyncOps: number;
  postgres: number;
  nats: number;
}

/** What `npm start` uses unless told otherwise: below what systems give to outgoing connections (Linux from 32768 on). */
export const defaultPorts: GatehousePorts = {
  gateway: 8080,
  ingest: 8081,
  emulator: 3100,
  gatewayOps: 9000,
  ingestOps: 9001,
  userSyncOps: 9002,
  postgres: 15432,
  nats: 14222,
};

/** The variable that chooses each port. */
export const portVariables: Record<keyof GatehousePorts, string> = {
  gateway: 'GATEHOUSE_GATEWAY_PORT',
  ingest: 'GATEHOUSE_INGEST_PORT',
  emulator: 'GATEHOUSE_EMULATOR_PORT',
  gatewayOps: 'GATEHOUSE_GATEWAY_OPS_PORT',
  ingestOps: 'GATEHOUSE_INGEST_OPS_PORT',
  userSyncOps: 'GATEHOUSE_USER_SYNC_OPS_PORT',
  postgres: 'GATEHOUSE_PG_PORT',
  nats: 'GATEHOUSE_NATS_PORT',
};

/**
 * The default ports, changed by what is set: PORT is the gateway's, OPS_PORT the first of three operations ports, and
 * each has a variable of its own.
 * @throws BadVariableError
 */
export function portsFrom(env: NodeJS.ProcessEnv): GatehousePorts {
  const ports = { ...defaultPorts };
  if (env.PORT) ports.gateway = portOf(env, 'PORT');
  if (env.OPS_PORT) {
    const first = portOf(env, 'OPS_PORT');
    [ports.gatewayOps, ports.ingestOps, ports.userSyncOps] = [first, first + 1, first + 2];
  }
  for (const name of Object.keys(ports) as (keyof GatehousePorts)[]) {
    if (env[portVariables[name]]) ports[name] = portOf(env, portVariables[name]);
  }
  return ports;
}

/** A port for each that nobody listens on right now. */
export async function freePorts(): Promise<GatehousePorts> {
  const ports = { ...defaultPorts };
  const taken = new Set<number>();
  for (const name of Object.keys(ports) as (keyof GatehousePorts)[]) {
    let port = await freePort();
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    ports[name] = port;
  }
  return ports;
}

function portOf(env: NodeJS.ProcessEnv, variable: string): number {
  const port = Number(env[variable]);
  if (Number.isInteger(port) && port > 0 && port < 65_534) return port;
  throw new BadVariableError(`${variable} is not a port number from 1 to 65533.`);
}
