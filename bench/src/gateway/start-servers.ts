import { join } from 'node:path';
import { type Gatehouse, freePort } from '@gatehouse/local-stack';
import { type Callers } from '../callers';
import { LoadedServer, cores } from '../loaded-server';
import { writePolicy } from '../gate-policy';
import { type Listening, startPeer } from './start-peer';

/** A gateway, with the port on which proxies ask. */
export interface ListeningGateway extends Listening {
  readonly forwardAuthPort: number;
}

/** The servers that are compared. */
export interface Started {
  readonly gateway: ListeningGateway;
  /** Its policy has 200 routes. */
  readonly longPolicy: ListeningGateway;
  /** Its policy has the route of `gateway`. Used only where `longPolicy` is, so that the two have the same history. */
  readonly shortPolicy: ListeningGateway;
  /** Answer with the body of `GET /auth/session`. */
  readonly peers: Readonly<Record<string, Listening>>;
  /** Pass requests on to the same upstream as the gateway. */
  readonly proxies: Readonly<Record<string, Listening>>;
}

/** Route whose answer comes from the memory of the gateway. */
export const SESSION_PATH = '/auth/session';

const LONG_POLICY = 200;
/** Size of the upstream's answer as JSON. */
const UPSTREAM_BYTES = 1_024;

/**
 * Starts gateways whose output is discarded, and peers that return the same body, all on one core. The upstream shares
 * the other core with the generator.
 * @param started gets each server, so that the caller can stop them when a later one fails
 */
export async function startServers(
  gatehouse: Gatehouse,
  callers: Callers,
  directory: string,
  started: LoadedServer[],
): Promise<Started> {
  const jwtKey = callers.makers[0]?.publicPem ?? '';
  const peer = async (order: Parameters<typeof startPeer>[0], core: string = cores.server): Promise<Listening> => {
    const listening = await startPeer({ jwtKey, ...order }, core);
    started.push(listening.server);
    return listening;
  };
  const upstream = await peer({ kind: 'node', logs: false, answer: 'x'.repeat(UPSTREAM_BYTES - 2) }, cores.rest);
  const gatewayWith = async (routes: number): Promise<ListeningGateway> => {
    const { TRUST_PROXY: _, ...environment } = gatehouse.environments['api-gateway'];
    const [port, opsPort, forwardAuthPort] = [await freePort(), await freePort(), await freePort()];
    const policy = join(directory, `gate-${port}.json`);
    writePolicy(policy, routes, upstream.port);
    const env = {
      ...environment,
      ...{ PORT: String(port), OPS_PORT: String(opsPort), GATE_FILE: policy },
      ...{ FORWARD_AUTH: 'nginx', FORWARD_AUTH_PORT: String(forwardAuthPort), FORWARD_AUTH_PROXIES: '127.0.0.1' },
    };
    const server = await LoadedServer.start({
      program: 'apps/api-gateway/src/main.js',
      env,
      core: cores.server,
      metricsUrl: `http://127.0.0.1:${opsPort}/metrics`,
      readyUrl: `http://127.0.0.1:${port}/`,
    });
    started.push(server);
    return { server, port, forwardAuthPort };
  };
  const gateway = await gatewayWith(1);
  const answer = await sessionOf(gateway, callers);
  const proxied = { upstream: `http://127.0.0.1:${upstream.port}` };
  return {
    gateway,
    longPolicy: await gatewayWith(LONG_POLICY),
    shortPolicy: await gatewayWith(1),
    peers: {
      'node:http': await peer({ kind: 'node', logs: false, answer }),
      'Nest+Fastify, no log': await peer({ kind: 'nest-fastify', logs: false, answer }),
      'Nest+Fastify': await peer({ kind: 'nest-fastify', logs: true, answer }),
      'Nest+Express+Clerk': await peer({ kind: 'nest-express-clerk', logs: true, answer }),
    },
    proxies: {
      'undici pass-through': await peer({ kind: 'pass-through', logs: false, ...proxied }),
      'Fastify proxy+Clerk': await peer({ kind: 'fastify-proxy', logs: true, ...proxied }),
    },
  };
}

async function sessionOf({ port }: Listening, { makers }: Callers): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${SESSION_PATH}`, {
    headers: { authorization: `Bearer ${makers[0]?.make()}` },
    signal: AbortSignal.timeout(10_000),
  });
  return response.json();
}
