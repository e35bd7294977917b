import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inboxPrefix, usersStream } from '@gatehouse/contracts';
import {
  type Gatehouse,
  freePort,
  freePorts,
  startGatehouse,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { type BenchUser, insertUsers } from '../bench-users';
import { LoadedServer, cores, pin } from '../loaded-server';
import { type Report, atMost, machine, round, show } from '../report';
import { untilRelayed } from '../until-relayed';
import { ItemChanges } from './item-changes';
import { LiveClients } from './live-clients';
import { type SsePeerOrder } from './sse-peer';

/** Number of open streams, of those that are not read at the end, and for how long changes are made. */
export interface RealtimeOptions {
  readonly streams: number;
  readonly slow: number;
  readonly seconds: number;
}

const STREAMS_PER_USER = 5;
const CHANGES_PER_SECOND = 200;
/** Length of the descriptions that are sent to clients which do not read. */
const LARGE = 9_000;
/** Time in which the last changes arrive, and connections become quiet before memory is measured. */
const SETTLE_MS = 3_000;

/** A server whose streams are measured. */
interface Measured {
  readonly server: LoadedServer;
  readonly port: number;
  readonly requestOf: (user: BenchUser) => string;
}

/**
 * Memory of open streams, and time from a change to its arrival, at the gateway and at a server that was written by hand.
 * Both are on one core, one after another; everything else is on the other one.
 */
export async function benchRealtime({ streams, slow, seconds }: RealtimeOptions): Promise<Report> {
  requireOpenFiles(streams);
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  pin(process.pid, cores.rest);
  const gatehouse = await startGatehouse({
    root: workspaceRoot(),
    stateDirectory: directory,
    programDirectory: workspaceState(),
    ports: await freePorts(),
    durability: 'fast',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info' },
  });
  try {
    const users = await insertUsers(gatehouse.databases.users.ownerUrl, streams / STREAMS_PER_USER);
    await untilRelayed(gatehouse.databases.users.ownerUrl, usersStream.name);
    const changes = await ItemChanges.create(gatehouse.urls.gateway, users);
    const all = [...users.keys()];
    const rows: Record<string, string | number>[] = [];
    const measured: Partial<Record<'gateway' | 'peer', { p99: number; perStream: number }>> = {};
    let slowP99 = NaN;
    for (const name of ['peer', 'gateway'] as const) {
      const { server, port, requestOf } = await (name === 'gateway'
        ? startGateway(gatehouse, streams)
        : startPeer(gatehouse));
      try {
        const before = await server.heldMiB();
        const openedFrom = [server.cpuMicros, performance.now()] as const;
        const clients = await LiveClients.open(
          { port, requestOf: (user) => requestOf(users[user] as BenchUser) },
          users.length,
          STREAMS_PER_USER,
        );
        try {
          const opening = {
            cpuMicrosPerOpening: round((server.cpuMicros - openedFrom[0]) / streams),
            openedPerSecond: Math.round((streams * 1_000) / (performance.now() - openedFrom[1])),
          };
          await sleep(SETTLE_MS);
          const after = await server.heldMiB();
          const perStream = ((after.residentMiB - before.residentMiB) * 1_024) / streams;
          const heap = ((after.heapMiB - before.heapMiB) * 1_024) / streams;
          const load = { users: all, perSecond: CHANGES_PER_SECOND, characters: 0 };
          const result = await measure(server, clients, () => changes.run(load, seconds));
          measured[name] = { p99: result.p99, perStream };
          const row = {
            row: name,
            streams,
            residentKiB: round(perStream),
            heapKiB: round(heap),
            ...opening,
            ...result,
          };
          rows.push(row);
          show([row]);
          if (name === 'gateway') {
            const slowUsers = all.slice(0, slow / STREAMS_PER_USER);
            clients.pause((user) => user < slowUsers.length);
            const reading = all.slice(slowUsers.length);
            const result = await measure(server, clients, async () => {
              const half = { perSecond: CHANGES_PER_SECOND / 2 };
              const [done] = await Promise.all([
                changes.run({ ...half, users: reading, characters: 0 }, seconds),
                changes.run({ ...half, users: slowUsers, characters: LARGE }, seconds),
              ]);
              return done;
            });
            slowP99 = result.p99;
            const { residentMiB } = server;
            const slowRow = { row: 'gateway, some do not read', slow, residentMiB: round(residentMiB), ...result };
            rows.push(slowRow);
            show([slowRow]);
          }
        } finally {
          clients.close();
        }
      } finally {
        await server.stop();
      }
    }
    return {
      name: 'realtime',
      machine: machine(),
      rows,
      goals: [
        atMost('gateway: resident memory of a stream, KiB', measured.gateway?.perStream ?? NaN, 25),
        atMost(`gateway: change to arrival at ${CHANGES_PER_SECOND}/s, p99, ms`, measured.gateway?.p99 ?? NaN, 100),
        atMost(`gateway: the same while ${slow} streams are not read, p99, ms`, slowP99, 100),
        atMost(
          'gateway: missing changes',
          rows.reduce((sum, { missing }) => sum + Number(missing), 0),
          0,
        ),
      ],
    };
  } finally {
    await gatehouse.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Makes changes, and measures their arrival at the streams that are read. */
async function measure(server: LoadedServer, clients: LiveClients, change: () => Promise<ReadonlyMap<number, number>>) {
  clients.takeLatencies();
  const cpu = server.cpuMicros;
  const began = performance.now();
  const done = await change();
  await sleep(SETTLE_MS);
  const cpuShare = (server.cpuMicros - cpu) / 1_000 / (performance.now() - began);
  const latencies = clients.takeLatencies();
  const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? NaN;
  const expected = [...done.values()].reduce((sum, count) => sum + count, 0) * STREAMS_PER_USER;
  return {
    arrivals: latencies.length,
    missing: expected - latencies.length,
    ...{ p50: at(0.5), p99: at(0.99), most: at(1) },
    cpuShare: round(cpuShare),
    ended: clients.ended,
  };
}

/** A gateway of its own, which answers the streams and nothing else. */
async function startGateway(gatehouse: Gatehouse, streams: number): Promise<Measured> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const server = await LoadedServer.start({
    program: 'apps/api-gateway/src/main.js',
    env: {
      ...gatehouse.environments['api-gateway'],
      ...{ PORT: String(port), OPS_PORT: String(opsPort), REALTIME_MAX_STREAMS: String(streams) },
    },
    core: cores.server,
    metricsUrl: `http://127.0.0.1:${opsPort}/metrics`,
    readyUrl: `http://127.0.0.1:${port}/`,
  });
  const requestOf = ({ key }: BenchUser) => `GET /api/realtime HTTP/1.1\r\nHost: gateway\r\nX-API-Key: ${key}\r\n\r\n`;
  return { server, port, requestOf };
}

async function startPeer(gatehouse: Gatehouse): Promise<Measured> {
  const { NATS_USER: user = '', NATS_PASSWORD: pass = '' } = gatehouse.environments['api-gateway'];
  const [port, opsPort] = [await freePort(), await freePort()];
  const nats = { servers: gatehouse.natsUrl, user, pass, inboxPrefix: inboxPrefix('api-gateway') };
  const order: SsePeerOrder = { port, opsPort, nats };
  const server = await LoadedServer.start({
    program: 'bench/src/realtime/sse-peer.js',
    args: [JSON.stringify(order)],
    core: cores.server,
    metricsUrl: `http://127.0.0.1:${opsPort}/`,
    readyUrl: `http://127.0.0.1:${opsPort}/`,
  });
  const requestOf = ({ id }: BenchUser) => `GET /stream?user=${id} HTTP/1.1\r\nHost: peer\r\n\r\n`;
  return { server, port, requestOf };
}

/** @throws RangeError when a process may not open as many connections */
function requireOpenFiles(streams: number): void {
  const needed = streams + 1_000;
  const limit = /Max open files +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  if (limit === undefined || Number(limit) >= needed) return;
  throw new RangeError(`the limit of open files is ${limit}: set it to ${needed} or more (ulimit -n)`);
}
