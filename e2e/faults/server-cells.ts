import { withClient } from '@gatehouse/local-stack';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { type Cell, during, pause } from './cell';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

/** Longer than every statement may take, and than a client takes to give up on a silent server. */
const FROZEN_MS = 9_000;
const LATENCY_MS = 50;
const GAP_MS = 30_000;
const EXHAUSTED_MS = 3_000;
/** PostgreSQL's SQLSTATE. */
const TOO_MANY_CONNECTIONS = '53300';

/** What happens to NATS. */
export const natsCells: readonly Cell[] = [
  {
    name: 'NATS killed and started again',
    key: 'nats',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        await world.nats.kill();
        await pause(2_000);
        await world.nats.start();
      }),
  },
  {
    name: 'NATS away the whole time: Clerk gets its 2xx',
    key: 'natsaway',
    unnoticed: true,
    run: async (world, load) => {
      await world.nats.stop();
      await load.send();
      await world.nats.start();
    },
  },
  {
    name: 'NATS frozen, its connections open, and thawed: Clerk gets its 2xx',
    key: 'natsfrozen',
    unnoticed: true,
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        await world.nats.freeze();
        await pause(FROZEN_MS);
        await world.nats.thaw();
      }),
  },
];

/** What happens to PostgreSQL, and on the way to both servers. */
export const postgresCells: readonly Cell[] = [
  {
    name: 'PostgreSQL killed and started again',
    key: 'postgres',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        await world.killPostgres();
        await pause(1_000);
        await world.startPostgres();
      }),
  },
  {
    name: 'PostgreSQL frozen, its connections open, and thawed',
    key: 'postgresfrozen',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        world.signalPostgres('SIGSTOP');
        await pause(FROZEN_MS);
        world.signalPostgres('SIGCONT');
      }),
  },
  {
    name: 'PostgreSQL out of connections',
    key: 'connections',
    run: async (world, load) => {
      // Most of the deliveries come when there are no connections, however long it takes to use them up.
      load.gapMs = GAP_MS;
      await during(load, 8, async () => {
        const release = await exhaustConnections(world);
        try {
          load.gapMs = 0;
          // The last gap has to end first.
          await eventually(() => load.failed > 0, { timeoutMs: GAP_MS + 30_000 });
          await pause(EXHAUSTED_MS);
        } finally {
          await release();
        }
      });
    },
  },
  {
    name: 'deadlocks on the ledger',
    key: 'deadlocks',
    run: async (world, load) => {
      const before = await deadlocks(world);
      let sending = true;
      load.gapMs = 50;
      const provoking = provokeDeadlocks(world, load, () => sending);
      await load.send();
      await pause(1_000);
      sending = false;
      await provoking;
      // PostgreSQL tells its statistics with a delay of about a second.
      await eventually(async () => (await deadlocks(world)) > before);
    },
  },
  {
    name: `a network that takes ${LATENCY_MS} ms each way to NATS and PostgreSQL, and breaks`,
    key: 'slow',
    run: async (world, load) => {
      const { gatehouse, adminUrl } = world;
      const nats = await TcpProxy.start(gatehouse.natsUrl, LATENCY_MS);
      const postgres = await TcpProxy.start(adminUrl, LATENCY_MS);
      try {
        for (const [name, database] of [
          ['webhook-ingest', 'ingest'],
          ['user-sync', 'users'],
        ] as const) {
          const databaseUrl = postgres.leadTo(gatehouse.databases[database].serviceUrl);
          await world.restart(name, { DATABASE_URL: databaseUrl, NATS_URL: nats.url });
        }
        await during(load, load.deliveries.length / 4, async () => {
          nats.break();
          await pause(500);
          postgres.break();
        });
        await load.settled(60_000);
      } finally {
        await world.restart('webhook-ingest');
        await world.restart('user-sync');
        await Promise.all([nats.cut(), postgres.cut()]);
      }
    },
  },
];

/** What JetStream has acknowledged and does not have any more. */
export const lostStreamCells: readonly Cell[] = [
  {
    name: "NATS's store deleted under the running server, which is then killed",
    key: 'storerunning',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        world.nats.loseStore();
        await pause(200);
        await world.nats.kill();
        await world.nats.start();
      }),
  },
  {
    name: "NATS's store lost with both streams",
    key: 'store',
    short: true,
    run: (world, load) => during(load, load.deliveries.length / 2, () => loseStreams(world)),
  },
  {
    name: "NATS's store lost, and webhook-ingest killed after it noticed",
    key: 'afterowed',
    run: async (world, load) => {
      // While user-sync is away the events wait on the stream, and are lost with it.
      await world.hold('user-sync');
      await world.arm('webhook-ingest', 'after-owed:kill');
      await load.send();
      const { restarts } = world;
      await loseStreams(world);
      await eventually(() => world.restarts > restarts, { timeoutMs: 60_000 });
      await world.arm('webhook-ingest', undefined);
      world.release('user-sync');
    },
  },
];

async function deadlocks(world: FaultWorld): Promise<number> {
  const [row] = await world.query<{ n: number }>(
    'ingest',
    'SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.n ?? 0;
}

async function loseStreams(world: FaultWorld): Promise<void> {
  await world.nats.kill();
  world.nats.loseStore();
  await world.nats.start();
}

/** Takes every connection that PostgreSQL has, and those that the services held as well, until it is released. */
async function exhaustConnections(world: FaultWorld): Promise<() => Promise<void>> {
  const held: Client[] = [];
  /** False when there is none to be had. */
  const take = async (): Promise<boolean> => {
    const client = new Client({ connectionString: world.adminUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      if ((error as { code?: unknown }).code === TOO_MANY_CONNECTIONS) return false;
      throw error;
    }
    held.push(client);
    return true;
  };
  const free = () =>
    held[0]?.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('webhook-ingest', 'user-sync')`,
    );
  while (await take());
  let holding = true;
  const taking = (async () => {
    while (holding) {
      if (await take()) continue;
      // The services are after what becomes free as well: again, until there is none that they hold.
      await free();
      await pause(20);
    }
  })();
  return async () => {
    holding = false;
    await taking;
    await Promise.all(held.map((client) => client.end()));
  };
}

/** Locks rows in the opposite order to the services', again and again: somebody has to lose each deadlock. */
async function provokeDeadlocks(world: FaultWorld, load: Load, while_: () => boolean): Promise<void> {
  await withClient(world.gatehouse.databases.ingest.serviceUrl, async (client) => {
    while (while_()) {
      await client
        .query(
          `DO $$ DECLARE row record; BEGIN
             FOR row IN SELECT id FROM webhook_events WHERE webhook_id LIKE 'msg_${load.name}%' ORDER BY id DESC LIMIT 40 LOOP
               PERFORM FROM webhook_events WHERE id = row.id FOR UPDATE;
               PERFORM pg_sleep(0.002);
             END LOOP;
           END $$`,
        )
        .catch(() => undefined);
    }
  });
}
