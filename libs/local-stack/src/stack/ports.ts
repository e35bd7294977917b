import { serviceNames, serviceRow, type ServiceName, type Services } from '@gatehouse/contracts';
import { BadVariableError } from '../errors';
import { freePort } from '../processes/free-port';

/**
 * Names of the ports of one service. Every service has `<shortName>Ops`, its operations port, which answers /readyz. A
 * service with an HTTP server also has `<shortName>`.
 */
type ServicePort<Service extends ServiceName> = Services[Service] extends { port: number }
  ? Services[Service]['shortName'] | `${Services[Service]['shortName']}Ops`
  : `${Services[Service]['shortName']}Ops`;

/** Names of all ports of one running Gatehouse. */
export type PortName =
  { [Service in ServiceName]: ServicePort<Service> }[ServiceName] | 'emulator' | 'postgres' | 'nats';

/** The port numbers of one running Gatehouse, all on 127.0.0.1. */
export type GatehousePorts = Record<PortName, number>;

/** Name of the port on which a service answers /readyz. */
export function opsPortOf(service: ServiceName): PortName {
  return `${serviceRow(service).shortName}Ops` as PortName;
}

/** Name of the port of a service's HTTP server; undefined when it has none. */
export function httpPortOf(service: ServiceName): PortName | undefined {
  const { shortName, port } = serviceRow(service);
  return port === undefined ? undefined : (shortName as PortName);
}

/**
 * Ports of `npm start`. All lie below the ports that systems assign to outgoing connections (on Linux from 32768). So
 * no such connection occupies the port of a server that restarts.
 */
export const defaultPorts = Object.fromEntries([
  ...serviceNames.flatMap((name) => (httpPortOf(name) ? [[httpPortOf(name), serviceRow(name).port]] : [])),
  ['emulator', 3100],
  ...serviceNames.map((name) => [opsPortOf(name), serviceRow(name).opsPort]),
  ['postgres', 15432],
  ['nats', 14222],
]) as GatehousePorts;

const portNames = Object.keys(defaultPorts) as PortName[];

/** The variable that chooses each port, e.g. GATEHOUSE_USER_SYNC_OPS_PORT. */
export const portVariables = Object.fromEntries(portNames.map((name) => [name, variableOf(name)])) as Record<
  PortName,
  string
>;

/**
 * The default ports, overridden by `env`. PORT sets the port of the gateway. OPS_PORT sets the operations port of the
 * first service in `serviceNames`; each later service gets the next number. Each port also has a variable of its own in
 * {@link portVariables}, which takes precedence.
 * @throws BadVariableError
 */
export function portsFrom(env: NodeJS.ProcessEnv): GatehousePorts {
  const ports = { ...defaultPorts };
  if (env.PORT) ports.gateway = portOf(env, 'PORT');
  if (env.OPS_PORT) {
    const first = portOf(env, 'OPS_PORT');
    for (const [index, name] of serviceNames.entries()) ports[opsPortOf(name)] = first + index;
  }
  for (const name of portNames) {
    if (env[portVariables[name]]) ports[name] = portOf(env, portVariables[name]);
  }
  return ports;
}

/** A different free port for each name. */
export async function freePorts(): Promise<GatehousePorts> {
  const ports = { ...defaultPorts };
  const taken = new Set<number>();
  for (const name of portNames) {
    let port = await freePort();
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    ports[name] = port;
  }
  return ports;
}

function variableOf(name: PortName): string {
  if (name === 'postgres') return 'GATEHOUSE_PG_PORT';
  return `GATEHOUSE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_PORT`;
}

function portOf(env: NodeJS.ProcessEnv, variable: string): number {
  const port = Number(env[variable]);
  const last = 65_535 - serviceNames.length + 1;
  if (Number.isInteger(port) && port > 0 && port <= last) return port;
  throw new BadVariableError(`${variable} is not a port number from 1 to ${last}.`);
}
