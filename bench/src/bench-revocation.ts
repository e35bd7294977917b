import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Propagation, gatewayLease } from '@gatehouse/contracts';
import {
  type Gatehouse,
  freePort,
  freePorts,
  startGatehouse,
  withClient,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { type Callers, makeCallers } from './gateway-callers';
import { HttpConnection } from './http-connection';
import { LoadedServer } from './loaded-server';
import { type Report, atMost, machine, round } from './report';
import { CredentialWatch } from './watch-credential';

/** Number of users whose credentials are revoked, and number of NATS outages. */
export interface RevocationOptions {
  readonly users: number;
  readonly partitions: number;
}

const PATH = '/auth/session';
const GATEWAYS = 3;
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
  /** Time of the last 200 from any gateway; 0 when it was before the call. */
  readonly lastOkMs: number;
  /** Gateways that accepted a request which was sent after the response. */
  readonly lateGateways: number;
  /** Status with which each gateway rejected the credential. */
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
    const callers = await makeCallers(gatehouse, options.users + options.partitions);
    // Stopped, because it would be a fourth gateway.
    await gatehouse.apps['api-gateway'].stop();
    const { TRUST_PROXY: _, ...environment } = gatehouse.environments['api-gateway'];
    const ports: number[] = [];
    for (let number = 1; number <= GATEWAYS; number++) {
      const port = await freePort();
      const nats = number === GATEWAYS ? { NATS_URL: proxy.url } : {};
      const env = { ...environment, ...nats, PORT: String(port), OPS_PORT: String(await freePort()) };
      const program = 'apps/api-gateway/src/main.js';
      servers.push(await LoadedServer.start({ program, env, readyUrl: `http://127.0.0.1:${port}/` }));
      ports.push(port);
    }
    await allLeased(gatehouse);
    const using = useSteadily(ports, callers, steady.signal);
    const revoked: Revoked[] = [];
    for (let user = 0; user < options.users; user++) {
      for (const revocation of revocationsOf(callers, user)) {
        revoked.push(await revoke(revocation, ports, ports[revoked.length % GATEWAYS] ?? 0));
      }
    }
    const disconnected: (Revoked & { readonly sinceCutMs: number })[] = [];
    for (let user = options.users; user < options.users + options.partitions; user++) {
      await allLeased(gatehouse);
      const [revocation] = revocationsOf(callers, user);
      disconnected.push(await revokeCutOff(revocation, ports, proxy));
    }
    steady.abort();
    return {
      name: 'revocation',
      machine: machine(),
      rows: [...summary(revoked), { row: 'steady use meanwhile', requests: await using }, ...cutOffRows(disconnected)],
      goals: [
        atMost('call to its response, p99, ms', at(0.99, revoked, 'answeredMs'), 100),
        atMost('call to the last 200 at any gateway, p99, ms', at(0.99, revoked, 'lastOkMs'), 100),
        atMost('gateways that accepted a request sent after the response', sumOf(revoked), 0),
        atMost(
          'disconnected: call to the last 200, longest, ms',
          at(1, disconnected, 'lastOkMs'),
          gatewayLease.lengthMs,
        ),
        atMost('disconnected: gateways that accepted a request sent after the response', sumOf(disconnected), 0),
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

async function revoke(revocation: Revocation, ports: readonly number[], by: number): Promise<Revoked> {
  const watches = ports.map((port) => CredentialWatch.start(port, PATH, revocation.header, WATCH_MS));
  await Promise.all(watches.map(({ begun }) => begun));
  const began = performance.now();
  const propagation = await callRevoke(revocation, by);
  const answered = performance.now();
  const uses = await Promise.all(watches.map(({ ended }) => ended));
  return {
    kind: revocation.kind,
    answeredMs: answered - began,
    lastOkMs: Math.max(0, ...uses.map(({ answeredAt }) => answeredAt - began)),
    lateGateways: uses.filter(({ sentAt }) => sentAt > answered).length,
    refusals: uses.map(({ refusal }) => refusal),
    propagation,
  };
}

/** Revokes while the last gateway is disconnected. After it reconnects it must reject the credential. */
async function revokeCutOff(revocation: Revocation, ports: readonly number[], proxy: TcpProxy) {
  const [by = 0] = ports;
  const last = ports.at(-1) ?? 0;
  const before = await CredentialWatch.start(last, PATH, revocation.header, WARM_MS).ended;
  if (before.refusal !== undefined) throw new RangeError('a credential was rejected before it was revoked');
  const cutAt = performance.now();
  proxy.stall();
  const revoked = await revoke(revocation, [last], by);
  const sinceCutMs = performance.now() - cutAt;
  proxy.resume();
  const connection = await HttpConnection.open(last);
  const request = `GET ${PATH} HTTP/1.1\r\nHost: bench\r\n${revocation.header}\r\n`;
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
async function useSteadily(ports: readonly number[], { keys }: Callers, signal: AbortSignal): Promise<number> {
  let sent = 0;
  const worker = async (port: number) => {
    const connection = await HttpConnection.open(port);
    for (let number = 0; !signal.aborted; number++) {
      const header = `X-API-Key: ${keys[number % keys.length]}\r\n`;
      await connection.send(`GET ${PATH} HTTP/1.1\r\nHost: bench\r\n${header}\r\n`);
      sent++;
      await new Promise((resolve) => setTimeout(resolve, USE_EVERY_MS));
    }
    connection.close();
  };
  await Promise.all(ports.map(worker));
  return sent;
}

function summary(revoked: readonly Revoked[]): Record<string, string | number>[] {
  const kinds = [...new Set(revoked.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const of = revoked.filter((one) => one.kind === kind);
    return {
      row: kind,
      revocations: of.length,
      answeredP50Ms: round(at(0.5, of, 'answeredMs')),
      answeredP99Ms: round(at(0.99, of, 'answeredMs')),
      lastOkP50Ms: round(at(0.5, of, 'lastOkMs')),
      lastOkP99Ms: round(at(0.99, of, 'lastOkMs')),
      acknowledgedByAll: of.filter(({ propagation }) => propagation?.acknowledged === GATEWAYS).length,
      refusedByAll: of.filter(({ refusals }) => refusals.every((status) => status === 401 || status === 403)).length,
    };
  });
}

function cutOffRows(disconnected: readonly (Revoked & { readonly sinceCutMs: number })[]) {
  return disconnected.map(({ answeredMs, lastOkMs, propagation, refusals, sinceCutMs }) => ({
    row: 'one gateway cut off',
    answeredMs: round(answeredMs),
    lastOkMs: round(lastOkMs),
    refusedAfterCutMs: round(sinceCutMs),
    refusedWith: refusals.join(),
    gateways: propagation?.gateways ?? 0,
    acknowledged: propagation?.acknowledged ?? 0,
    expired: propagation?.expired ?? 0,
  }));
}

function at(share: number, of: readonly Revoked[], field: 'answeredMs' | 'lastOkMs'): number {
  const sorted = of.map((one) => one[field]).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function sumOf(of: readonly Revoked[]): number {
  return of.reduce((sum, { lateGateways }) => sum + lateGateways, 0);
}
