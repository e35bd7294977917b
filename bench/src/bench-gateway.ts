import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Gatehouse,
  freePort,
  freePorts,
  startGatehouse,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { type Callers, makeCallers } from './gateway-callers';
import { GatewayRows } from './gateway-rows';
import { type PeerOrder } from './gateway-peers';
import { getLoad } from './get-load';
import { type HeldMemory, LoadedServer, type LoadedServerOptions, cores, pin } from './loaded-server';
import { type Goal, type Report, atLeast, atMost, machine, round } from './report';
import { verifyCost } from './verify-cost';

/** Number and length of the rounds, and number of tokens for the memory test. */
export interface GatewayOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpRequests: number;
  readonly tokens: number;
}

/** Enough users that none reaches the rate limit of its tier. */
const USERS = 120;
const PATH = '/auth/session';
const CONNECTIONS = 32;
const WARM_UP_LIMIT_S = 60;
/** Size of the gateway's token cache; memory may grow until it is full. */
const FULL_CACHE = 20_000;
const VERIFIED_IN_PROCESS = 10_000;
/** Maximum number of signed tokens that wait to be sent. */
const PORTION = 1_000;

/** Cost of each kind of caller, compared with bare servers and with the usual Nest and Clerk stack. */
export async function benchGateway(options: GatewayOptions): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  pin(process.pid, cores.rest);
  const gatehouse = await startGatehouse({
    root: workspaceRoot(),
    stateDirectory: directory,
    programDirectory: workspaceState(),
    ports: await freePorts(),
    durability: 'fast',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', TRUST_PROXY: 'loopback' },
  });
  const servers: LoadedServer[] = [];
  try {
    const callers = await makeCallers(gatehouse, USERS);
    const started = await startServers(gatehouse, callers, servers);
    const rows = await measureRows(started, callers, options);
    const memory = await measureMemory(started.gateway, callers, options.tokens);
    const cost = await verifyCost(callers.makers, callers.issuer, VERIFIED_IN_PROCESS);
    const goals: Goal[] = ['gateway: API key', 'gateway: repeated Clerk token'].flatMap((name) => [
      atLeast(`${name}, share of Nest+Fastify`, rows.ratio(name, 'Nest+Fastify').perSecond, 0.8),
      atLeast(`${name}, the same by processor time`, rows.ratio(name, 'Nest+Fastify').perCpu, 0.8),
      atLeast(`${name}, times Nest+Express+Clerk`, rows.ratio(name, 'Nest+Express+Clerk').perSecond, 5),
      atLeast(`${name}, the same by processor time`, rows.ratio(name, 'Nest+Express+Clerk').perCpu, 5),
    ]);
    goals.push(atMost('first-seen token, times one crypto.verify', cost.times, 2));
    if (options.tokens > FULL_CACHE) {
      const over = `over ${options.tokens} distinct tokens, %`;
      const growth = (before: number, after: number) => (after / before - 1) * 100;
      const resident = growth(memory.beforeMiB, memory.afterMiB);
      goals.push(atMost(`growth of the gateway's resident memory ${over}`, resident, 10));
      goals.push(atMost(`growth of its heap ${over}`, growth(memory.heapBeforeMiB, memory.heapAfterMiB), 10));
    }
    return {
      name: 'gateway',
      machine: machine(),
      rows: [
        ...rows.summary(),
        { row: `gateway: ${options.tokens} first-seen Clerk tokens`, ...memory },
        {
          row: 'in process: first-seen token',
          micros: round(cost.firstSeenMicros),
          cryptoVerifyMicros: round(cost.cryptoVerifyMicros),
        },
      ],
      goals,
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await gatehouse.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly gateway: Listening;
  readonly peers: Readonly<Record<string, Listening>>;
}

/** A server and its URL. */
interface Listening {
  readonly server: LoadedServer;
  readonly port: number;
}

/** A separate gateway whose output is discarded, and peers that return the same body. */
async function startServers(gatehouse: Gatehouse, callers: Callers, servers: LoadedServer[]): Promise<Started> {
  const start = async (options: Pick<LoadedServerOptions, 'program' | 'args' | 'env' | 'metricsUrl'>, port: number) => {
    const server = await LoadedServer.start({
      ...options,
      core: cores.server,
      readyUrl: `http://127.0.0.1:${port}/`,
    });
    servers.push(server);
    return { server, port };
  };
  const port = await freePort();
  const { TRUST_PROXY: _, ...environment } = gatehouse.environments['api-gateway'];
  const opsPort = await freePort();
  const env = { ...environment, PORT: String(port), OPS_PORT: String(opsPort) };
  const metricsUrl = `http://127.0.0.1:${opsPort}/metrics`;
  const gateway = await start({ program: 'apps/api-gateway/src/main.js', env, metricsUrl }, port);
  const token = callers.makers[0]?.make() ?? '';
  const answer: unknown = await (
    await fetch(`http://127.0.0.1:${port}${PATH}`, { headers: { authorization: `Bearer ${token}` } })
  ).json();
  const peer = async (kind: PeerOrder['kind'], logs: boolean) => {
    const jwtKey = callers.makers[0]?.publicPem ?? '';
    const order: PeerOrder = { kind, port: await freePort(), jwtKey, answer, logs };
    return start({ program: 'bench/src/gateway-peers.js', args: [JSON.stringify(order)] }, order.port);
  };
  return {
    gateway,
    peers: {
      'node:http': await peer('node', false),
      'Nest+Fastify, no log': await peer('nest-fastify', false),
      'Nest+Fastify': await peer('nest-fastify', true),
      'Nest+Express+Clerk': await peer('nest-express-clerk', true),
    },
  };
}

/** Runs all rows in turns, every other round in reverse order, so that other load affects all rows alike. */
async function measureRows({ gateway, peers }: Started, callers: Callers, options: GatewayOptions) {
  const repeated = callers.makers.map((maker) => maker.make());
  const bearer = (tokens: readonly string[]) => (number: number) =>
    `Authorization: Bearer ${tokens[number % tokens.length]}\r\n`;
  const apiKey = (number: number) => `X-API-Key: ${callers.keys[number % USERS]}\r\n`;
  const plan: [string, Listening, (number: number) => string][] = [
    ...Object.entries(peers).map(([name, peer]) => [name, peer, bearer(repeated)] satisfies (typeof plan)[number]),
    ['gateway: API key', gateway, apiKey],
    ['gateway: repeated Clerk token', gateway, bearer(repeated)],
    ['gateway: own token', gateway, bearer(callers.own)],
  ];
  const rows = new GatewayRows(plan.map(([name]) => name));
  const common = { path: PATH, connections: CONNECTIONS };
  // Counts requests, not time, because V8 compiles code by the number of its runs.
  for (const [, { port }, headerOf] of plan) {
    await getLoad({ ...common, port, headerOf, requests: options.warmUpRequests, seconds: WARM_UP_LIMIT_S });
  }
  for (let number = 0; number < options.rounds; number++) {
    for (const [name, { server, port }, headerOf] of number % 2 === 0 ? plan : plan.toReversed()) {
      rows.keep(name, await rows.measure(server, { ...common, port, headerOf, seconds: options.seconds }));
    }
  }
  return rows;
}

/** Cost of new tokens for the gateway, and the memory of its token cache. */
async function measureMemory({ server, port }: Listening, { makers }: Callers, tokens: number) {
  let before: HeldMemory = { heapMiB: NaN, residentMiB: NaN };
  let failed = 0;
  let micros = 0;
  for (let sent = 0; sent < tokens; sent += PORTION) {
    const made = Array.from({ length: PORTION }, (_, index) => makers[(sent + index) % USERS]?.make() ?? '');
    const headerOf = (number: number) => `Authorization: Bearer ${made[number]}\r\n`;
    const began = server.cpuMicros;
    const load = { port, path: PATH, connections: CONNECTIONS, seconds: 60, requests: PORTION, headerOf };
    failed += (await getLoad(load)).failed;
    micros += server.cpuMicros - began;
    if (sent + PORTION === Math.min(tokens, FULL_CACHE)) before = await server.heldMiB();
  }
  const after = await server.heldMiB();
  return {
    cpuMicros: round(micros / tokens),
    failed,
    beforeMiB: round(before.residentMiB),
    afterMiB: round(after.residentMiB),
    heapBeforeMiB: round(before.heapMiB),
    heapAfterMiB: round(after.heapMiB),
  };
}
