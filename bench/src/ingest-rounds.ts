import { loadavg } from 'node:os';
import { type BenchStack, type CpuUse } from './bench-stack';
import { load } from './http-load';
import { type LoadResult } from './load-result';

/** One side of a round: the result of the load, and the processor time of a delivery in each process, in ms. */
export interface Side extends LoadResult {
  readonly cpu: CpuUse;
}

/** The peer and Gatehouse, one after the other. */
export interface Round {
  readonly loadBefore: number;
  readonly peer: Side;
  readonly gatehouse: Side;
}

/** Durations of the measurement, in seconds. */
export interface RoundsOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly bodyBytes: number;
}

const ROUNDS = 5;
/** Time in which answered deliveries are still being published. */
const SETTLE_MS = 500;

/** Sends deliveries to Gatehouse and to the peer in turns, on the same servers, without applying the events. */
export async function ingestRounds(stack: BenchStack, options: RoundsOptions): Promise<Round[]> {
  const { seconds, warmUpSeconds, connections, bodyBytes } = options;
  const { gatehouse } = stack;
  const peer = await stack.startPeer();
  await gatehouse.apps['user-sync'].stop();
  const measure = async (port: number, pid: number | undefined, forSeconds: number): Promise<Side> => {
    const before = stack.cpu(pid);
    const target = { port, path: '/webhooks/clerk', secret: stack.secret, connections, bodyBytes };
    const result = await load({ ...target, seconds: forSeconds });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const after = stack.cpu(pid);
    const each = (part: keyof CpuUse) => (after[part] - before[part]) / result.ok;
    return { ...result, cpu: { serviceMs: each('serviceMs'), postgresMs: each('postgresMs'), natsMs: each('natsMs') } };
  };
  const ours = (forSeconds: number) =>
    measure(gatehouse.ports.ingest, gatehouse.apps['webhook-ingest'].pid, forSeconds);
  const theirs = (forSeconds: number) => measure(peer.port, peer.pid, forSeconds);
  await ours(warmUpSeconds);
  await theirs(warmUpSeconds);
  const rounds: Round[] = [];
  for (let done = 0; done < ROUNDS; done += 1) {
    const [loadBefore = 0] = loadavg();
    rounds.push({ loadBefore, peer: await theirs(seconds / ROUNDS), gatehouse: await ours(seconds / ROUNDS) });
  }
  await peer.stop();
  return rounds;
}
