import { loadavg } from 'node:os';
import { BenchStack } from './bench-stack';
import { load } from './http-load';
import { type LoadResult } from './load-result';
import { type Report, atLeast, atMost, machine, round } from './report';

/** How long to measure; seconds. */
export interface IngestOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Events over which memory is watched. */
  readonly events: number;
}

const CONNECTIONS = 64;
const BODY_BYTES = 3_072;
const ROUNDS = 5;

/**
 * Deliveries per second beside a peer on the same servers, in turns; how soon an event is applied at half of that; and
 * what memory does over many events.
 */
export async function benchIngest({ seconds, warmUpSeconds, events }: IngestOptions): Promise<Report> {
  const stack = await BenchStack.start();
  try {
    const { gatehouse, secret } = stack;
    const peer = await stack.startPeer();
    const common = { path: '/webhooks/clerk', secret, connections: CONNECTIONS, bodyBytes: BODY_BYTES };
    const ours = { ...common, port: gatehouse.ports.ingest };
    const theirs = { ...common, port: peer.port };
    // Neither side's events are applied meanwhile: the peer has no consumer.
    await gatehouse.apps['user-sync'].stop();
    await load({ ...ours, seconds: warmUpSeconds });
    await load({ ...theirs, seconds: warmUpSeconds });
    const rounds: { gatehouse: LoadResult; peer: LoadResult; loadBefore: number }[] = [];
    for (let done = 0; done < ROUNDS; done += 1) {
      rounds.push({
        loadBefore: loadavg()[0] ?? 0,
        peer: await load({ ...theirs, seconds: seconds / ROUNDS }),
        gatehouse: await load({ ...ours, seconds: seconds / ROUNDS }),
      });
    }
    await peer.stop();
    await gatehouse.apps['user-sync'].start();
    await stack.drained();
    // In pairs: what else the machine does changes from round to round, and meets neighbours about alike.
    const throughput = rounds.map((one) => one.gatehouse.perSecond / one.peer.perSecond).sort((a, b) => a - b);
    const tail = rounds.map((one) => one.gatehouse.p99Ms / one.peer.p99Ms).sort((a, b) => a - b);
    const gate = median(rounds.map((one) => one.gatehouse));

    await load({ ...ours, seconds: warmUpSeconds, rate: gate.perSecond / 2 });
    await stack.drained();
    const [mark] = await stack.ledger<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM webhook_events');
    const half = await load({ ...ours, seconds, rate: gate.perSecond / 2 });
    await stack.drained();
    const [applied] = await stack.ledger<{ p50: number; p99: number; events: number }>(
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms)::float8 AS p50,
              percentile_disc(0.99) WITHIN GROUP (ORDER BY ms)::float8 AS p99, count(*)::int AS events
         FROM (SELECT extract(epoch FROM processed_at - created_at) * 1000 AS ms
                 FROM webhook_events WHERE id > $1 AND status = 'success') AS times`,
      [mark?.id],
    );
    const before = stack.residentMiB('webhook-ingest');
    const long = await load({ ...ours, seconds: 3_600, events, rate: gate.perSecond * 0.75 });
    await stack.drained();
    const after = stack.residentMiB('webhook-ingest');

    return {
      name: 'ingest',
      machine: machine(),
      rows: [
        ...rounds.flatMap((one, index) => [
          { ...row(`round ${index + 1}: peer`, one.peer), loadBefore: round(one.loadBefore) },
          {
            ...row(`round ${index + 1}: Gatehouse`, one.gatehouse),
            timesPeer: round(one.gatehouse.perSecond / one.peer.perSecond),
          },
        ]),
        {
          what: 'Gatehouse to peer, throughput: least, most',
          least: round(throughput[0] ?? 0),
          most: round(throughput.at(-1) ?? 0),
        },
        { what: 'Gatehouse to peer, p99: least, most', least: round(tail[0] ?? 0), most: round(tail.at(-1) ?? 0) },
        {
          ...row('Gatehouse at half of its maximum, applying', half),
          appliedP50Ms: round(applied?.p50 ?? 0),
          appliedP99Ms: round(applied?.p99 ?? 0),
        },
        {
          ...row(`Gatehouse over ${long.ok} events`, long),
          rssBeforeMiB: Math.round(before),
          rssAfterMiB: Math.round(after),
        },
      ],
      goals: [
        atLeast('throughput, times the peer, median of pairs', middle(throughput), 3),
        atMost("p99, times the peer's, median of pairs", middle(tail), 1),
        atMost('recorded → applied p50, ms', applied?.p50 ?? Infinity, 25),
        atMost('recorded → applied p99, ms', applied?.p99 ?? Infinity, 150),
        atMost(`memory after ${long.ok} events, times before`, after / before, 1.1),
      ],
    };
  } finally {
    await stack.stop();
  }
}

function median(results: readonly LoadResult[]): LoadResult {
  const sorted = [...results].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as LoadResult;
}

function middle(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function row(what: string, { ok, failed, perSecond, p50Ms, p99Ms }: LoadResult): Record<string, string | number> {
  return { what, ok, failed, perSecond: Math.round(perSecond), p50Ms: round(p50Ms), p99Ms: round(p99Ms) };
}
