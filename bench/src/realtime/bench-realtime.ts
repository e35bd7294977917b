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
import { type HeldMemory, LoadedServer, cores } from '../loaded-server';
import { type Report, atMost, machine, round, show } from '../report';
import { untilRelayed } from '../until-relayed';
import { type ChangeLoad, ItemChanges } from './item-changes';
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
const WARM_UP_SECONDS = 10;
/** Time in which the last changes arrive, and connections become quiet before memory is measured. */
const SETTLE_MS = 3_000;

/** Who changes items, and for how long. */
interface Load {
  readonly users: readonly BenchUser[];
  readonly changes: ItemChanges;
  readonly seconds: number;
}

/** How changes arrived; milliseconds. */
interface Arrivals extends Record<string, string | number> {
  readonly arrivals: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** Share of one core that the server used. */
  readonly cpuShare: number;
  /** Streams that are read and have not got the newest version. Versions in between may be missing. */
  readonly behind: number;
  /** Changes that were not made. */
  readonly rejected: number;
  /** Streams that have ended. */
  readonly ended: number;
}

type Row = Arrivals & { readonly row: string };

/** A server whose streams are measured. */
interface Measured {
  readonly server: LoadedServer;
  readonly port: number;
  readonly requestOf: (user: BenchUser) => string;
}

/**
 * Memory of open streams, and time from a change to its arrival, at the gateway and at a server that was written by hand.
 * Each has one core, one after another. Everything else may use both, because making the changes needs almost a core.
 */
export async function benchRealtime({ streams, slow, seconds }: RealtimeOptions): Promise<Report> {
  requireOpenFiles(streams);
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const gatehouse = await startGatehouse({
    root: workspaceRoot(),
    stateDirectory: directory,
    programDirectory: workspaceState(),
    ports: await freePorts(),
    durability: 'fast',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info' },
  });
  try {
    const { ownerUrl } = gatehouse.databases.users;
    const users = await insertUsers(ownerUrl, streams / STREAMS_PER_USER);
    await untilRelayed(ownerUrl, usersStream.name);
    const changes = await ItemChanges.create(gatehouse.urls.gateway, users);
    await changes.run({ users: [...users.keys()], perSecond: CHANGES_PER_SECOND, characters: 0 }, WARM_UP_SECONDS);
    const load: Load = { users, changes, seconds };
    const peer = await measureServer('hand-written server', await startPeer(gatehouse), load);
    const gateway = await measureServer('gateway', await startGateway(gatehouse, streams), load, slow);
    const [open, unread] = gateway;
    return {
      name: 'realtime',
      machine: machine(),
      rows: [...peer, ...gateway],
      goals: [
        atMost('gateway: resident memory of a stream, KiB', Number(open?.residentKiB), 25),
        atMost(`gateway: change to arrival at ${CHANGES_PER_SECOND}/s, p99, ms`, open?.p99 ?? NaN, 100),
        atMost(`gateway: the same while ${slow} streams are not read, p99, ms`, unread?.p99 ?? NaN, 100),
        atMost('gateway: streams without the newest version', (open?.behind ?? NaN) + (unread?.behind ?? NaN), 0),
      ],
    };
  } finally {
    await gatehouse.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Opens the streams of all users and measures them; then again while `slow` of them are not read. */
async function measureServer(row: string, measured: Measured, load: Load, slow = 0): Promise<Row[]> {
  const { server, port, requestOf } = measured;
  const { users } = load;
  const all = [...users.keys()];
  try {
    const before = await server.heldMiB();
    const [cpu, began] = [server.cpuMicros, performance.now()];
    const request = (user: number): string => requestOf(users[user] as BenchUser);
    const clients = await LiveClients.open({ port, requestOf: request }, users.length, STREAMS_PER_USER);
    try {
      const streams = users.length * STREAMS_PER_USER;
      const openingMicros = round((server.cpuMicros - cpu) / streams);
      const openedPerSecond = Math.round((streams * 1_000) / (performance.now() - began));
      await sleep(SETTLE_MS);
      const after = await server.heldMiB();
      const kiB = (kind: keyof HeldMemory) => round(((after[kind] - before[kind]) * 1_024) / streams);
      const held = { residentKiB: kiB('residentMiB'), heapKiB: kiB('heapMiB'), openingMicros, openedPerSecond };
      const usual = { users: all, perSecond: CHANGES_PER_SECOND, characters: 0 };
      const rows: Row[] = [{ row, streams, ...held, ...(await measure(measured, clients, [usual], load)) }];
      show(rows);
      if (slow === 0) return rows;
      const slowUsers = all.slice(0, slow / STREAMS_PER_USER);
      clients.pause((user) => user < slowUsers.length);
      const half = { ...usual, perSecond: CHANGES_PER_SECOND / 2 };
      const loads = [
        { ...half, users: all.slice(slowUsers.length) },
        { ...half, users: slowUsers, characters: LARGE },
      ];
      const result = await measure(measured, clients, loads, load);
      const unread = {
        row: `${row}, ${slow} are not read`,
        streams,
        ...result,
        residentMiB: round(server.residentMiB),
      };
      show([unread]);
      return [...rows, unread];
    } finally {
      clients.close();
    }
  } finally {
    await server.stop();
  }
}

/** Makes changes, and measures their arrival at the streams that are read. */
async function measure(
  { server }: Measured,
  clients: LiveClients,
  loads: readonly ChangeLoad[],
  { changes, seconds }: Load,
): Promise<Arrivals> {
  clients.takeLatencies();
  const [cpu, began] = [server.cpuMicros, performance.now()];
  const changed = await Promise.all(loads.map((load) => changes.run(load, seconds)));
  const cpuShare = (server.cpuMicros - cpu) / 1_000 / (performance.now() - began);
  await sleep(SETTLE_MS);
  const latencies = clients.takeLatencies();
  const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? NaN;
  return {
    arrivals: latencies.length,
    ...{ p50: at(0.5), p99: at(0.99), most: at(1) },
    cpuShare: round(cpuShare),
    behind: changed.reduce((sum, { newest }) => sum + clients.behind(newest), 0),
    rejected: changed.reduce((sum, { rejected }) => sum + rejected, 0),
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
