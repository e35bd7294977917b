import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usersStream } from '@gatehouse/contracts';
import { freePorts, startGatehouse, workspaceRoot, workspaceState } from '@gatehouse/local-stack';
import { insertUsers } from '../bench-users';
import { makeCallers } from '../callers';
import { type LoadedServer, cores, pin } from '../loaded-server';
import { type Goal, type Report, atLeast, atMost, machine, round, show } from '../report';
import { untilRelayed } from '../until-relayed';
import { verifyCost } from '../verify-cost';
import { FULL_CACHE, measureMemory } from './measure-memory';
import { CONNECTIONS, type RoundOptions, measureRows } from './measure-rows';
import { type GatewayRows } from './rows';
import { startServers } from './start-servers';

/** Rounds, and numbers of tokens and callers. */
export interface GatewayOptions extends RoundOptions {
  /** Tokens of the test of memory. */
  readonly tokens: number;
  /** Callers of the rows with distinct callers. */
  readonly callers: number;
}

/** Enough users that none reaches the rate limit of its tier. */
const USERS = 120;
const VERIFIED_IN_PROCESS = 10_000;

/**
 * Cost of each kind of caller at the routes of the gateway, of forward auth and of the proxy, compared with bare servers
 * and with the usual Nest and Clerk stacks.
 */
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
    const { ownerUrl } = gatehouse.databases.users;
    const callers = await makeCallers(gatehouse, USERS);
    const many = await insertUsers(ownerUrl, options.callers);
    await untilRelayed(ownerUrl, usersStream.name);
    const started = await startServers(gatehouse, callers, directory, servers);
    const rows = await measureRows(started, callers, many, options);
    show(rows.summary());
    const memory = await measureMemory(started.gateway, callers, options.tokens, CONNECTIONS);
    const cost = await verifyCost(callers.makers, callers.issuer, VERIFIED_IN_PROCESS);
    const goals = [
      ...goalsOf(rows, options.callers),
      atMost('first-seen token, times one crypto.verify', cost.times, 2),
    ];
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

function goalsOf(rows: GatewayRows, callers: number): Goal[] {
  const atLeastTimes = (row: string, to: string, times: number): Goal[] => {
    const { perSecond, perCpu } = rows.ratio(row, to);
    const name = `${row}, times ${to}`;
    return [atLeast(name, perSecond, times), atLeast(`${name}, by processor time`, perCpu, times)];
  };
  return [
    ...['API key', 'repeated Clerk token'].flatMap((caller) => [
      ...atLeastTimes(`forward auth: ${caller}`, 'Nest+Fastify', 1.1),
      ...atLeastTimes(`forward auth: ${caller}`, 'Nest+Express+Clerk', 8),
      atMost(
        `forward auth: ${caller}, processor time, times node:http`,
        1 / rows.ratio(`forward auth: ${caller}`, 'node:http').perCpu,
        1.7,
      ),
      ...atLeastTimes(`gateway: ${caller}`, 'Nest+Fastify', 0.8),
      ...atLeastTimes(`gateway: ${caller}`, 'Nest+Express+Clerk', 5),
    ]),
    ...atLeastTimes('proxy: API key', 'undici pass-through', 0.8),
    ...atLeastTimes('proxy: API key', 'Fastify proxy+Clerk', 3),
    // Only the edges that lead to other services sign assertions.
    ...atLeastTimes(`gateway: ${callers} distinct callers`, 'gateway: API key', 0.9),
    ...atLeastTimes('forward auth: the last of 200 routes', 'forward auth: the only route', 0.95),
  ];
}
