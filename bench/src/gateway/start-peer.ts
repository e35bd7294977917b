import { freePort } from '@gatehouse/local-stack';
import { LoadedServer } from '../loaded-server';
import { type PeerOrder } from './peer-order';

/** A server and its port. */
export interface Listening {
  readonly server: LoadedServer;
  readonly port: number;
}

/** Starts a peer on a free port. `core`: the one that it is pinned to. */
export async function startPeer(
  order: Pick<PeerOrder, 'kind' | 'logs'> & Partial<PeerOrder>,
  core?: string,
): Promise<Listening> {
  const port = await freePort();
  const whole: PeerOrder = { ...{ port, jwtKey: '', answer: undefined, upstream: '' }, ...order };
  const server = await LoadedServer.start({
    program: 'bench/src/gateway/peers.js',
    args: [JSON.stringify(whole)],
    readyUrl: `http://127.0.0.1:${port}/`,
    ...(core !== undefined && { core }),
  });
  return { server, port };
}
