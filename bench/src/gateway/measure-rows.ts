import { type BenchUser } from '../bench-users';
import { type Callers } from '../callers';
import { getLoad } from '../get-load';
import { PROXIED_PATH, askedByNginx } from '../gate-policy';
import { GatewayRows } from './rows';
import { type Listening } from './start-peer';
import { type ListeningGateway, SESSION_PATH, type Started } from './start-servers';

/** Number and length of the rounds. */
export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpRequests: number;
}

/** A row: its name, its server, and its n-th request. */
interface Row {
  readonly name: string;
  readonly to: Listening;
  readonly path: string;
  readonly headerOf: (number: number) => string;
}

export const CONNECTIONS = 32;
const WARM_UP_LIMIT_S = 60;

/** Runs all rows in turns, every other round in reverse order, so that other load affects all rows alike. */
export async function measureRows(
  started: Started,
  callers: Callers,
  many: readonly BenchUser[],
  { rounds, seconds, warmUpRequests }: RoundOptions,
): Promise<GatewayRows> {
  const plan = planOf(started, callers, many);
  const rows = new GatewayRows(plan.map(({ name }) => name));
  const loadOf = ({ to, path, headerOf }: Row) => ({ port: to.port, path, headerOf, connections: CONNECTIONS });
  // Counts requests, not time, because V8 compiles code by the number of its runs.
  for (const row of plan) {
    const requests = Math.max(warmUpRequests, row.name.includes('distinct') ? many.length : 0);
    await getLoad({ ...loadOf(row), requests, seconds: WARM_UP_LIMIT_S });
  }
  for (let number = 0; number < rounds; number++) {
    for (const row of number % 2 === 0 ? plan : plan.toReversed()) {
      rows.keep(row.name, await rows.measure(row.to.server, { ...loadOf(row), seconds }));
    }
  }
  return rows;
}

function planOf(started: Started, callers: Callers, many: readonly BenchUser[]): readonly Row[] {
  const { gateway, longPolicy, shortPolicy, peers, proxies } = started;
  const repeated = callers.makers.map((maker) => maker.make());
  const bearer = (tokens: readonly string[]) => (number: number) =>
    `Authorization: Bearer ${tokens[number % tokens.length]}\r\n`;
  const apiKey = (number: number) => `X-API-Key: ${callers.keys[number % callers.keys.length]}\r\n`;
  const distinct = (number: number) => `X-API-Key: ${many[number % many.length]?.key}\r\n`;
  const session = (name: string, to: Listening, headerOf: Row['headerOf']): Row => ({
    ...{ name, to, path: SESSION_PATH, headerOf },
  });
  const asked = (name: string, { server, forwardAuthPort }: ListeningGateway, headerOf: Row['headerOf']): Row => ({
    ...{ name: `forward auth: ${name}`, to: { server, port: forwardAuthPort }, path: '/forward-auth' },
    headerOf: (number) => askedByNginx + headerOf(number),
  });
  const proxied = (name: string, to: Listening, headerOf: Row['headerOf']): Row => ({
    ...{ name, to, path: PROXIED_PATH, headerOf },
  });
  return [
    ...Object.entries(peers).map(([name, peer]) => session(name, peer, bearer(repeated))),
    session('gateway: API key', gateway, apiKey),
    session('gateway: repeated Clerk token', gateway, bearer(repeated)),
    session('gateway: own token', gateway, bearer(callers.own)),
    session(`gateway: ${many.length} distinct callers`, gateway, distinct),
    asked('API key', gateway, apiKey),
    asked('repeated Clerk token', gateway, bearer(repeated)),
    asked(`${many.length} distinct callers`, gateway, distinct),
    asked('the only route', shortPolicy, apiKey),
    asked('the last of 200 routes', longPolicy, apiKey),
    ...Object.entries(proxies).map(([name, peer]) => proxied(name, peer, bearer(repeated))),
    proxied('proxy: API key', gateway, apiKey),
  ];
}
