import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Propagation, gatewayLease } from '@gatehouse/contracts';
import {
  type Gatehouse,
  freePorts,
  startGatehouse,
  withClient,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { type Callers, makeCallers } from '../callers';
import { HttpConnection } from '../http-connection';
import { type LoadedServer } from '../loaded-server';
import { type Report, atMost, machine, round } from '../report';
import { startPeer } from '../gateway/start-peer';
import { type Edge, type EdgedGateway, edgeNames, requestTo, startEdgedGateway } from './edges';
import { CredentialWatch } from './watch-credential';

/** Number of users whose credentials are revoked, and number of NATS outages. */
export interface RevocationOptions {
  readonly users: number;
  readonly partitions: number;
}

const GATEWAYS = 3;
/** Users whose credentials are revoked before anything is measured. */
const WARM_UP_USERS = 10;
const WATCH_MS = 10_000;
const WARM_MS = 500;
/** Pause between two requests to each gateway. */
const USE_EVERY_MS = 5;

/** A credential and the call that revokes it. */
interface Revocation {
  readonly kind: 'API key' | 'own token' | 'Clerk session';
  readonly header: string;
  readonly method: 'DELETE' | 'POST';
  readonly path: string;
  /** Session token of the caller. */
  readonly token: string;
}

/** Result of one revocation; ms from the start of the call. */
interface Revoked {
  readonly kind: Revocation['kind'];
  readonly answeredMs: number;
  /** Time of the last 200 from any gateway, by edge; 0 when it was before the call. */
  readonly lastOkMs: Readonly<Record<Edge['name'], number>>;
  /** Edges that accepted a request which was sent after the response. */
  readonly lateEdges: number;
  /** Status with which each edge rejected the credential. */
  readonly refusals: readonly (number | undefined)[];
  readonly propagation: Propagation | null;
}

/** Time until a revoked credential is rejected by three gateways, and by one that is disconnected from NATS. */
export async function benchRevocation(options: RevocationOptions): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const gatehouse = await startGatehouse({
    root: workspaceRoot(),
    stateDirectory: directory,
    programDirectory: workspaceState(),
    ports: await freePorts(),
    durability: 'durable',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', TRUST_PROXY: 'loopback' },
  });
  const servers: LoadedServer[] = [];
  const proxy = await TcpProxy.start(gatehouse.natsUrl);
  const steady = new AbortController();
  try {
    const callers = await makeCallers(gatehouse, WARM_UP_USERS + options.users + options.partitions);
    // Stopped, because it would be a fourth gateway.
    await gatehouse.apps['api-gateway'].stop();
    const { TRUST_PROXY: _, ...environment } = gatehouse.environments['api-gateway'];
    const upstream = await startPeer({ kind: 'node', answer: 'ok', logs: false });
    servers.push(upstream.server);
    const gateways: EdgedGateway[] = [];
    for (let number = 1; number <= GATEWAYS; number++) {
      const nats = number === GATEWAYS ? { NATS_URL: proxy.url } : {};
      const gateway = await startEdgedGateway({ ...environment, ...nats }, directory, upstream.port);
      servers.push(gateway.server);
      gateways.push(gateway);
    }
    await allLeased(gatehouse);
    const using = useSteadily(gateways, callers, steady.signal);
    const revoked: Revoked[] = [];
    const measuredUsers = WARM_UP_USERS + options.users;
    for (let user = 0; user < measuredUsers; user++) {
      for (const [index, revocation] of revocationsOf(callers, user).entries()) {
        const by = gateways[(user + index) % GATEWAYS]?.port ?? 0;
        const result = await revoke(revocation, gateways, by);
        if (user >= WARM_UP_USERS) revoked.push(result);
      }
    }
    const disconnected: (Revoked & { readonly sinceCutMs: number })[] = [];
    for (let user = measuredUsers; user < measuredUsers + options.partitions; user++) {
      await allLeased(gatehouse);
      const [revocation] = revocationsOf(callers, user);
      disconnected.push(await revokeCutOff(revocation, gateways, proxy));
    }
    steady.abort();
    return {
      name: 'revocation',
      machine: machine(),
      rows: [...summary(revoked), { row: 'steady use meanwhile', requests: await using }, ...cutOffRows(disconnected)],
      goals: [
        atMost('call to its response, p99, ms', at(0.99, revoked, answeredMs), 100),
        ...edgeNames.map((name) =>
          atMost(`${name}: call to the last 200 at any gateway, p99, ms`, at(0.99, revoked, lastOkAt(name)), 100),
        ),
        atMost('edges that accepted a request sent after the response', sumOf(revoked), 0),
        ...edgeNames.map((name) =>
          atMost(
            `disconnected, ${name}: call to the last 200, longest, ms`,
            at(1, disconnected, lastOkAt(name)),
            gatewayLease.lengthMs,
          ),
        ),
        atMost('disconnected: edges that accepted a request sent after the response', sumOf(disconnected), 0),
      ],
    };
  } finally {
    steady.abort();
    await Promise.all(servers.map((server) => server.stop()));
    await proxy.cut();
    await gatehouse.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One revocation of each kind; the last revokes everything that the user has left. */
function revocationsOf({ admin, makers, users, keys, own }: Callers, index: number) {
  const token = makers[index]?.make() ?? '';
  const { id: user = '', keyId = '' } = users[index] ?? {};
  const bearer = (text = '') => `Authorization: Bearer ${text}\r\n`;
  return [
    {
      kind: 'API key',
      header: `X-API-Key: ${keys[index]}\r\n`,
      method: 'DELETE',
      path: `/api/keys/${keyId}`,
      token,
    },
    { kind: 'own token', header: bearer(own[index]), method: 'POST', path: '/auth/logout', token: own[index] ?? '' },
    {
      kind: 'Clerk session',
      header: bearer(token),
      method: 'POST',
      path: `/admin/users/${user}/deactivate`,
      token: admin.make(),
    },
  ] as const satisfies Revocation[];
}

async function revoke(revocation: Revocation, gateways: readonly EdgedGateway[], by: number): Promise<Revoked> {
  const edges = gateways.flatMap((gateway) => gateway.edges);
  const watches = edges.map((edge) => CredentialWatch.start(edge, revocation.header, WATCH_MS));
  await Promise.all(watches.map(({ begun }) => begun));
  const began = performance.now();
  const propagation = await callRevoke(revocation, by);
  const answered = performance.now();
  const uses = await Promise.all(watches.map(({ ended }) => ended));
  return {
    kind: revocation.kind,
    answeredMs: answered - began,
    lastOkMs: Object.fromEntries(
      edgeNames.map((name) => {
        const ofEdge = uses.filter((_, index) => edges[index]?.name === name);
        return [name, Math.max(0, ...ofEdge.map(({ answeredAt }) => answeredAt - began))];
      }),
    ) as Revoked['lastOkMs'],
    lateEdges: uses.filter(({ sentAt }) => sentAt > answered).length,
    refusals: uses.map(({ refusal }) => refusal),
    propagation,
  };
}

/** Revokes while the last gateway is disconnected. After it reconnects it must reject the credential. */
async function revokeCutOff(revocation: Revocation, gateways: readonly EdgedGateway[], proxy: TcpProxy) {
  const [by] = gateways;
  const last = gateways.at(-1);
  if (by === undefined || last === undefined) throw new RangeError('no gateway');
  const [route] = last.edges;
  if (route === undefined) throw new RangeError('no edge');
  for (const edge of last.edges) {
    const before = await CredentialWatch.start(edge, revocation.header, WARM_MS).ended;
    if (before.refusal !== undefined) throw new RangeError('a credential was rejected before it was revoked');
  }
  const cutAt = performance.now();
  proxy.stall();
  const revoked = await revoke(revocation, [last], by.port);
  const sinceCutMs = performance.now() - cutAt;
  proxy.resume();
  const connection = await HttpConnection.open(route.port);
  const request = requestTo(route, revocation.header);
  await eventually(async () => (await connection.send(request)) === 401, { timeoutMs: 30_000, intervalMs: 100 });
  connection.close();
  return { ...revoked, sinceCutMs };
}

/** Waits until every gateway has a lease again, which it lacks for a while after a disconnection. */
async function allLeased({ databases }: Gatehouse): Promise<void> {
  const leased = () =>
    withClient(databases.users.ownerUrl, async (client) => {
      const { rowCount } = await client.query('SELECT FROM gateway_leases WHERE expires_at > now()');
      return rowCount === GATEWAYS;
    });
  await eventually(leased, { timeoutMs: 30_000, intervalMs: 100 });
}

async function callRevoke({ method, path, token }: Revocation, port: number): Promise<Propagation | null> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(WATCH_MS),
  });
  if (!response.ok) throw new RangeError(`${method} ${path.split('/', 3).join('/')} answered ${response.status}`);
  return ((await response.json()) as { propagation: Propagation | null }).propagation;
}

/** Uses all API keys at every gateway, so that the caches are full. Returns the number of keys. */
async function useSteadily(gateways: readonly EdgedGateway[], { keys }: Callers, signal: AbortSignal): Promise<number> {
  let sent = 0;
  const worker = async ({ edges: [route] }: EdgedGateway) => {
    if (route === undefined) return;
    const connection = await HttpConnection.open(route.port);
    for (let number = 0; !signal.aborted; number++) {
      await connection.send(requestTo(route, `X-API-Key: ${keys[number % keys.length]}\r\n`));
      sent++;
      await new Promise((resolve) => setTimeout(resolve, USE_EVERY_MS));
    }
    connection.close();
  };
  await Promise.all(gateways.map(worker));
  return sent;
}

function summary(revoked: readonly Revoked[]): Record<string, string | number>[] {
  const kinds = [...new Set(revoked.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const of = revoked.filter((one) => one.kind === kind);
    return {
      row: kind,
      revocations: of.length,
      answeredP50Ms: round(at(0.5, of, answeredMs)),
      answeredP99Ms: round(at(0.99, of, answeredMs)),
      ...Object.fromEntries(
        edgeNames.flatMap((name) => [
          [`${name}, last 200, p50 ms`, round(at(0.5, of, lastOkAt(name)))],
          [`${name}, last 200, p99 ms`, round(at(0.99, of, lastOkAt(name)))],
        ]),
      ),
      acknowledgedByAll: of.filter(({ propagation }) => propagation?.acknowledged === GATEWAYS).length,
      refusedWith: statusesOf(of),
    };
  });
}

function cutOffRows(disconnected: readonly (Revoked & { readonly sinceCutMs: number })[]) {
  return disconnected.map(({ answeredMs, lastOkMs, propagation, refusals, sinceCutMs }) => ({
    row: 'one gateway cut off',
    answeredMs: round(answeredMs),
    ...Object.fromEntries(edgeNames.map((name) => [`${name}, last 200, ms`, round(lastOkMs[name])])),
    refusedAfterCutMs: round(sinceCutMs),
    refusedWith: refusals.join(),
    gateways: propagation?.gateways ?? 0,
    acknowledged: propagation?.acknowledged ?? 0,
    expired: propagation?.expired ?? 0,
  }));
}

/** How often each status rejected a credential, over all edges; `none` if nothing did in time, 0 is a closed connection. */
function statusesOf(of: readonly Revoked[]): string {
  const counts = new Map<string, number>();
  for (const status of of.flatMap(({ refusals }) => refusals.map((one) => `${one ?? 'none'}`))) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => `${status}: ${count}`).join(', ');
}

function answeredMs(one: Revoked): number {
  return one.answeredMs;
}

function lastOkAt(name: Edge['name']): (one: Revoked) => number {
  return ({ lastOkMs }) => lastOkMs[name];
}

function at(share: number, of: readonly Revoked[], msOf: (one: Revoked) => number): number {
  const sorted = of.map(msOf).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function sumOf(of: readonly Revoked[]): number {
  return of.reduce((sum, { lateEdges }) => sum + lateEdges, 0);
}
