import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataStream, usersStream } from '@gatehouse/contracts';
import { connectionUrl, freePort, withClient } from '@gatehouse/local-stack';
import { BenchStack } from '../bench-stack';
import { LoadedServer } from '../loaded-server';
import { untilRelayed } from '../until-relayed';
import { type BenchUser, insertUsers } from '../bench-users';
import { type PeerOrder } from './peer-order';
import { seedItems } from './seed-items';

/** Numbers of users and rows. */
export interface UserDataSizes {
  /** Users who each hold a few pages of items. */
  readonly readers: number;
  /** Users who each reserve a few times. */
  readonly many: number;
  /** Users who reserve all the time, one after the other, because a rate limit counts their requests. */
  readonly hot: number;
  readonly smallRows: number;
  readonly largeRows: number;
}

/** One of the servers that are compared. */
export interface Side {
  readonly name: SideName;
  readonly port: number;
  /** Its processes, apart from PostgreSQL and nats-server. */
  readonly servers: readonly LoadedServer[];
}

/** Names of the sides. `Fastify + pg, pipelined` is the same peer that does not wait for BEGIN. */
export type SideName = 'Gatehouse' | 'Fastify + pg' | 'Fastify + pg, pipelined' | 'Nest + Express + TypeORM';

/** Users of the benchmark. */
export interface UserDataUsers {
  readonly readers: readonly BenchUser[];
  readonly many: readonly BenchUser[];
  readonly hot: readonly BenchUser[];
  readonly small: BenchUser;
  readonly large: BenchUser;
}

/** Number of items of each reader: four pages. */
const ITEMS_EACH = 200;
const POOL_SIZE = 10;
const CURSOR_KEY = 'a key of the peers for cursors, 32 bytes or more';

/** Gatehouse and the peers on one PostgreSQL, with the same users, tables and rows. */
export class UserDataStack {
  private constructor(
    private readonly bench: BenchStack,
    private readonly directory: string,
    readonly sides: readonly Side[],
    readonly users: UserDataUsers,
    /** URL of a superuser of user-data's database. */
    private readonly adminUrl: string,
  ) {}

  static async start(sizes: UserDataSizes): Promise<UserDataStack> {
    const bench = await BenchStack.start();
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    const servers: LoadedServer[] = [];
    try {
      const { databases, settings } = bench.gatehouse;
      const adminUrl = connectionUrl(databases.data.ownerUrl, {
        role: 'postgres',
        password: settings.postgresPassword,
      });
      const users = await makeUsers(databases.users.ownerUrl, sizes);
      await seedItems(adminUrl, [
        { userIds: users.readers.map(({ id }) => id), each: ITEMS_EACH },
        { userIds: [users.small.id], each: sizes.smallRows },
        { userIds: [users.large.id], each: sizes.largeRows },
      ]);
      const keep = <Started extends Side>(side: Started): Started => {
        servers.push(...side.servers);
        return side;
      };
      const keys = [...users.readers, ...users.many, ...users.hot, users.small, users.large];
      const order = (port: number, pipelined: boolean): PeerOrder => ({
        port,
        pipelined,
        databaseUrl: databases.data.serviceUrl,
        poolSize: POOL_SIZE,
        cursorKey: CURSOR_KEY,
        keys: keys.map(({ hash, id }) => [hash, id]),
      });
      const peer = async (name: SideName, program: string, pipelined = false) => {
        const port = await freePort();
        const file = join(directory, `${port}.json`);
        writeFileSync(file, JSON.stringify(order(port, pipelined)), { mode: 0o600 });
        const path = `bench/src/user-data/${program}.js`;
        const server = await LoadedServer.start({ program: path, args: [file], readyUrl: `http://127.0.0.1:${port}/` });
        return keep({ name, port, servers: [server] });
      };
      const sides = [
        keep(await startGatehouseSide(bench)),
        await peer('Fastify + pg', 'fastify-peer'),
        await peer('Fastify + pg, pipelined', 'fastify-peer', true),
        await peer('Nest + Express + TypeORM', 'typeorm-peer'),
      ];
      // The relays publish what was inserted, which takes minutes for a million rows.
      await untilRelayed(databases.users.ownerUrl, usersStream.name);
      await untilRelayed(adminUrl, dataStream.name);
      return new UserDataStack(bench, directory, sides, users, adminUrl);
    } catch (error) {
      await Promise.all(servers.map((server) => server.stop()));
      await bench.stop();
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Processor time so far, in ms, of a side's own processes, and of what it shares with the others. */
  cpuMs(side: Side): { readonly servers: readonly number[]; readonly postgres: number; readonly nats: number } {
    const { postgresMs, natsMs } = this.bench.cpu(undefined);
    return { servers: side.servers.map(({ cpuMicros }) => cpuMicros / 1_000), postgres: postgresMs, nats: natsMs };
  }

  /** Queries user-data's database as a superuser. */
  async query<Row extends object>(text: string): Promise<Row[]> {
    return withClient(this.adminUrl, async (client) => (await client.query<Row>(text)).rows);
  }

  async stop(): Promise<void> {
    await Promise.all(this.sides.flatMap(({ servers }) => servers.map((server) => server.stop())));
    await this.bench.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function makeUsers(url: string, { readers, many, hot }: UserDataSizes): Promise<UserDataUsers> {
  const all = await insertUsers(url, readers + many + hot + 2);
  const take = (from: number, count: number) => all.slice(from, from + count);
  const [small, large] = all.slice(-2);
  if (small === undefined || large === undefined) throw new RangeError('no users');
  return {
    readers: take(0, readers),
    many: take(readers, many),
    hot: take(readers + many, hot),
    small,
    large,
  };
}

/** A gateway and a user-data whose output is discarded, like that of the peers. */
async function startGatehouseSide({ gatehouse }: BenchStack): Promise<Side> {
  const servers: LoadedServer[] = [];
  const start = async (name: 'user-data' | 'api-gateway') => {
    const env = gatehouse.environments[name];
    await gatehouse.apps[name].stop();
    const readyUrl = `http://127.0.0.1:${env.OPS_PORT}/readyz`;
    servers.push(await LoadedServer.start({ program: `apps/${name}/src/main.js`, env, readyUrl }));
  };
  await start('user-data');
  await start('api-gateway');
  return { name: 'Gatehouse', port: gatehouse.ports.gateway, servers };
}
