import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClerkClient } from '@clerk/backend';
import {
  type Gatehouse,
  eventually,
  freePort,
  freePorts,
  startGatehouse,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/testing';
import { type PeerOrder } from './gateway-peers';
import { getLoad } from './get-load';
import { type LoadResult } from './load-result';
import { type Goal, type Report, atLeast, atMost, machine, round } from './report';
import { TokenMaker, verifyCost } from './verify-cost';

/** How long to measure each row, and how many tokens memory is watched over. */
export interface GatewayOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly tokens: number;
}

const CONNECTIONS = 32;
/** The limit of a tier is per user: enough users that none meets it. */
const USERS = 60;
const FIRST_SEEN = 4_000;
/** How many tokens the gateway remembers. */
const FULL_CACHE = 20_000;
const PATH = '/auth/session';
const SERVER_CORE = '0';
const LOAD_CORE = '1';

/** Requests per second of each kind of caller, beside bare servers and the stack that people use today. */
export async function benchGateway(options: GatewayOptions): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  pin(process.pid, LOAD_CORE);
  const gatehouse = await startGatehouse({
    root: workspaceRoot(),
    stateDirectory: directory,
    programDirectory: workspaceState(),
    ports: await freePorts(),
    durability: 'fast',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'warn' },
  });
  const peers: ChildProcess[] = [];
  try {
    const pid = gatehouse.apps['api-gateway'].pid;
    if (pid !== undefined) pin(pid, SERVER_CORE);
    const callers = await makeCallers(gatehouse);
    const jwtKey = callers.maker.publicPem;
    const rows: Record<string, string | number>[] = [];
    const found = new Map<string, LoadResult>();
    const measure = async (name: string, port: number, headerOf: (number: number) => string, requests?: number) => {
      const common = { port, path: PATH, connections: CONNECTIONS, headerOf };
      if (requests === undefined) await getLoad({ ...common, seconds: options.warmUpSeconds });
      const result = await getLoad({
        ...common,
        seconds: options.seconds,
        ...(requests !== undefined && { requests }),
      });
      found.set(name, result);
      rows.push({
        row: name,
        requestsPerSecond: Math.round(result.perSecond),
        p50Ms: round(result.p50Ms),
        p99Ms: round(result.p99Ms),
        failed: result.failed,
      });
    };
    const bearer = (tokens: readonly string[]) => (number: number) =>
      `Authorization: Bearer ${tokens[number % tokens.length]}\r\n`;
    for (const kind of ['node', 'nest-fastify', 'nest-express-clerk'] as const) {
      const port = await startPeer(kind, jwtKey, peers);
      await measure(kind, port, bearer([callers.maker.make()]));
    }
    const port = gatehouse.ports.gateway;
    await measure('gateway: API key', port, (number) => `X-API-Key: ${callers.keys[number % USERS]}\r\n`);
    const repeated = callers.makers.map((maker) => maker.make());
    await measure('gateway: repeated Clerk token', port, bearer(repeated));
    await measure('gateway: own token', port, bearer(callers.own));
    const fresh = Array.from({ length: FIRST_SEEN }, (_, index) => callers.makers[index % USERS]?.make() ?? '');
    await measure('gateway: first-seen Clerk tokens', port, bearer(fresh), FIRST_SEEN);
    const cost = await verifyCost(callers.maker, callers.issuer, options.tokens);
    rows.push({
      row: 'in process: first-seen token',
      micros: round(cost.firstSeenMicros),
      cryptoVerifyMicros: round(cost.cryptoVerifyMicros),
      tokens: options.tokens,
      rssBeforeMiB: round(cost.rssBeforeMiB),
      rssAfterMiB: round(cost.rssAfterMiB),
    });
    const rate = (name: string) => found.get(name)?.perSecond ?? 0;
    const goals: Goal[] = ['gateway: API key', 'gateway: repeated Clerk token'].flatMap((name) => [
      atLeast(`${name}, share of bare Nest+Fastify`, rate(name) / rate('nest-fastify'), 0.8),
      atLeast(`${name}, times the Express stack`, rate(name) / rate('nest-express-clerk'), 5),
    ]);
    goals.push(atMost('first-seen token, times one crypto.verify', cost.firstSeenMicros / cost.cryptoVerifyMicros, 2));
    // Until the cache is full, memory grows as it should.
    if (options.tokens > FULL_CACHE) {
      const growth = (cost.rssAfterMiB / cost.rssBeforeMiB - 1) * 100;
      goals.push(atMost(`growth of memory over ${options.tokens} distinct tokens, %`, growth, 10));
    }
    return { name: 'gateway', machine: machine(), rows, goals };
  } finally {
    for (const peer of peers) peer.kill();
    await gatehouse.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Callers {
  readonly issuer: string;
  readonly maker: TokenMaker;
  readonly makers: readonly TokenMaker[];
  readonly keys: readonly string[];
  readonly own: readonly string[];
}

/** Users of the highest tier, each with an API key, a Clerk session and a token of our own. */
async function makeCallers(gatehouse: Gatehouse): Promise<Callers> {
  const environment = gatehouse.environments['clerk-emulator'];
  const clerk = createClerkClient({
    secretKey: environment.CLERK_SECRET_KEY ?? '',
    apiUrl: `http://127.0.0.1:${gatehouse.ports.emulator}`,
  });
  const signIn = async (index: number, draft: object) => {
    const phoneNumber = [`+1201555${String(100 + index).padStart(4, '0')}`];
    const user = await clerk.users.createUser({ phoneNumber, skipPasswordRequirement: true, ...draft });
    const session = await clerk.sessions.createSession({ userId: user.id });
    return (await clerk.sessions.getToken(session.id)).jwt;
  };
  const admin = await signIn(99, { publicMetadata: { role: 'admin' } });
  const makers: TokenMaker[] = [];
  const keys: string[] = [];
  const own: string[] = [];
  let issuer = '';
  for (let index = 0; index < USERS; index++) {
    const token = await signIn(index, {});
    const [header = {}, claims = {}] = token.split('.').slice(0, 2).map(parsePart);
    delete claims.azp;
    issuer = String(claims.iss);
    makers.push(new TokenMaker(environment.CLERK_EMULATOR_PRIVATE_KEY ?? '', header, claims));
    const call = caller(gatehouse, token);
    const { id } = await call<{ id: string }>('GET', '/api/me');
    await caller(gatehouse, admin)('PUT', `/admin/users/${id}/tier`, { tier: 'enterprise' });
    keys.push((await call<{ key: string }>('POST', '/api/keys', { name: 'bench', scopes: ['*:*'] })).key);
    // An address of its own each, or the exchange's limit would be met.
    const exchange = caller(gatehouse, token);
    if (index < 10) own.push((await exchange<{ token: string }>('POST', '/auth/verify-clerk-token', {})).token);
  }
  const [maker] = makers;
  if (maker === undefined) throw new RangeError('no callers');
  return { issuer, maker, makers, keys, own };
}

function parsePart(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

function caller(gatehouse: Gatehouse, token: string) {
  return async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${gatehouse.ports.gateway}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) throw new RangeError(`${method} ${path} answered ${response.status}`);
    return (await response.json()) as Answer;
  };
}

async function startPeer(kind: PeerOrder['kind'], jwtKey: string, peers: ChildProcess[]): Promise<number> {
  const port = await freePort();
  const order: PeerOrder = { kind, port, jwtKey };
  const program = join(workspaceRoot(), 'dist/bench/src/gateway-peers.js');
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: 'ignore' });
  peers.push(child);
  if (child.pid !== undefined) pin(child.pid, SERVER_CORE);
  await eventually(() => fetch(`http://127.0.0.1:${port}/`), { timeoutMs: 20_000 });
  return port;
}

/** One core each, where the system can. */
function pin(pid: number, core: string): void {
  spawnSync('taskset', ['-a', '-cp', core, String(pid)], { stdio: 'ignore' });
}
