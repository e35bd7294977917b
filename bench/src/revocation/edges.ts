import { join } from 'node:path';
import { freePort } from '@gatehouse/local-stack';
import { PROXIED_PATH, askedByNginx, writePolicy } from '../gate-policy';
import { LoadedServer } from '../loaded-server';

/** One of the ways in which a gateway decides on a request. */
export interface Edge {
  readonly name: (typeof edgeNames)[number];
  readonly port: number;
  readonly path: string;
  /** Header lines besides those of the credential, each with CRLF. */
  readonly header: string;
}

/** A gateway and its edges. */
export interface EdgedGateway {
  readonly server: LoadedServer;
  /** Port of its own routes. */
  readonly port: number;
  readonly edges: readonly Edge[];
}

/** Names of the edges: the routes of the gateway itself, a proxy that asks, and a proxied service. */
export const edgeNames = ['route', 'forward auth', 'proxy'] as const;

/** Starts a gateway that nginx may ask, and that passes requests on to an upstream. */
export async function startEdgedGateway(
  environment: NodeJS.ProcessEnv,
  directory: string,
  upstreamPort: number,
): Promise<EdgedGateway> {
  const [port, opsPort, forwardAuthPort] = [await freePort(), await freePort(), await freePort()];
  const policy = join(directory, `gate-${port}.json`);
  writePolicy(policy, 1, upstreamPort);
  const server = await LoadedServer.start({
    program: 'apps/api-gateway/src/main.js',
    env: {
      ...environment,
      ...{ PORT: String(port), OPS_PORT: String(opsPort), GATE_FILE: policy },
      ...{ FORWARD_AUTH: 'nginx', FORWARD_AUTH_PORT: String(forwardAuthPort), FORWARD_AUTH_PROXIES: '127.0.0.1' },
    },
    readyUrl: `http://127.0.0.1:${port}/`,
  });
  const edges: Edge[] = [
    { name: 'route', port, path: '/auth/session', header: '' },
    { name: 'forward auth', port: forwardAuthPort, path: '/forward-auth', header: askedByNginx },
    { name: 'proxy', port, path: PROXIED_PATH, header: '' },
  ];
  return { server, port, edges };
}

/** A request to an edge. `header` holds the credential and ends with CRLF. */
export function requestTo({ path, header: own }: Edge, header: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\n${own}${header}\r\n`;
}
