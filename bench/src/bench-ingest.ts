import { BenchStack } from './bench-stack';
import { load } from './http-load';
import { type Round, type Side, ingestRounds } from './ingest-rounds';
import { type LoadResult } from './load-result';
import { type Report, atLeast, atMost, machine, round } from './report';
import { type WholePath, wholePath } from './whole-path';

/** Durations of the measurement, in seconds. */
export interface IngestOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Number of events of the memory test. */
  readonly events: number;
}

type Row = Record<string, string | number>;

const SHAPE = { connections: 64, bodyBytes: 3_072 };

/**
 * Deliveries per second, compared with a peer on the same servers; the latency until an event is applied at half that
 * rate; and the growth of memory over many events.
 */
export async function benchIngest({ seconds, warmUpSeconds, events }: IngestOptions): Promise<Report> {
  const rounds = await withStack((stack) => ingestRounds(stack, { ...SHAPE, seconds, warmUpSeconds }));
  const most = middle(rounds.map(({ gatehouse }) => gatehouse.perSecond));
  // A new stack, because this one would first have to apply the events of the rounds.
  return withStack(async (stack) => {
    const half = await wholePath(stack, { ...SHAPE, seconds, warmUpSeconds, rate: most / 2 });
    const quarter = await wholePath(stack, { ...SHAPE, seconds: seconds / 2, warmUpSeconds: 1, rate: most / 4 });
    const memory = await memoryOver(stack, events, most / 2);
    // In pairs, because other load on the machine changes over time but affects neighbouring rounds alike.
    const throughput = rounds.map(({ gatehouse, peer }) => gatehouse.perSecond / peer.perSecond);
    const tail = rounds.map(({ gatehouse, peer }) => gatehouse.p99Ms / peer.p99Ms);
    const cost = rounds.map(({ gatehouse, peer }) => cpuMs(peer) / cpuMs(gatehouse));
    return {
      name: 'ingest',
      machine: machine(),
      rows: [
        ...rounds.flatMap(roundRows),
        spread('Gatehouse to peer, throughput', throughput),
        spread('Gatehouse to peer, p99', tail),
        spread('peer to Gatehouse, processor time', cost),
        wholeRow('the whole path at half of the ingest’s maximum', half),
        wholeRow('the whole path at a quarter', quarter),
        memory.row,
      ],
      goals: [
        atLeast('throughput, times the peer, median of pairs', middle(throughput), 3),
        atMost("p99, times the peer's, median of pairs", middle(tail), 1),
        atMost('recorded → applied p50 at half, ms', half.appliedP50Ms, 25),
        atMost('recorded → applied p99 at half, ms', half.appliedP99Ms, 150),
        atMost(`memory after ${events} events, times before`, memory.growth, 1.1),
      ],
    };
  });
}

async function withStack<Result>(work: (stack: BenchStack) => Promise<Result>): Promise<Result> {
  const stack = await BenchStack.start();
  try {
    return await work(stack);
  } finally {
    await stack.stop();
  }
}

async function memoryOver(stack: BenchStack, events: number, rate: number): Promise<{ growth: number; row: Row }> {
  const before = stack.residentMiB('webhook-ingest');
  const target = { port: stack.gatehouse.ports.ingest, path: '/webhooks/clerk', secret: stack.secret, ...SHAPE };
  const result = await load({ ...target, seconds: 600, events, rate });
  await stack.drained();
  const after = stack.residentMiB('webhook-ingest');
  const rss = { rssBeforeMiB: Math.round(before), rssAfterMiB: Math.round(after) };
  return { growth: after / before, row: { ...loadRow(`Gatehouse over ${result.ok} events`, result), ...rss } };
}

function roundRows({ loadBefore, peer, gatehouse }: Round, index: number): Row[] {
  const timesPeer = round(gatehouse.perSecond / peer.perSecond);
  return [
    { ...sideRow(`round ${index + 1}: peer`, peer), loadBefore: round(loadBefore) },
    { ...sideRow(`round ${index + 1}: Gatehouse`, gatehouse), timesPeer },
  ];
}

function sideRow(what: string, side: Side): Row {
  const { serviceMs, postgresMs, natsMs } = side.cpu;
  const cpu = {
    serviceCpuMs: thousandth(serviceMs),
    postgresCpuMs: thousandth(postgresMs),
    natsCpuMs: thousandth(natsMs),
  };
  return { ...loadRow(what, side), ...cpu };
}

function wholeRow(what: string, path: WholePath): Row {
  return { ...loadRow(what, path), appliedP50Ms: round(path.appliedP50Ms), appliedP99Ms: round(path.appliedP99Ms) };
}

function loadRow(what: string, { ok, failed, perSecond, p50Ms, p99Ms }: LoadResult): Row {
  return { what, ok, failed, perSecond: Math.round(perSecond), p50Ms: round(p50Ms), p99Ms: round(p99Ms) };
}

function spread(what: string, ratios: readonly number[]): Row {
  return { what, least: round(Math.min(...ratios)), median: round(middle(ratios)), most: round(Math.max(...ratios)) };
}

function cpuMs({ cpu: { serviceMs, postgresMs, natsMs } }: Side): number {
  return serviceMs + postgresMs + natsMs;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function thousandth(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
