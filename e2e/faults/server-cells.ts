import { withClient } from '@gatehouse/local-stack';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { type Cell, during, pause } from './cell';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

/** Longer than the statement timeout and the client timeout for a silent server. */
const FROZEN_MS = 9_000;
const LATENCY_MS = 50;
const GAP_MS = 30_000;
const EXHAUSTED_MS = 3_000;
const KEEPER_KILLS = 4;
/** A keeper is up again and may have created some of the streams. */
const KEEPER_PAUSE_MS = 700;
/** PostgreSQL's SQLSTATE. */
const TOO_MANY_CONNECTIONS = '53300';

/** Faults of NATS. */
export const natsCells: readonly Cell[] = [
  {
    name: 'NATS killed and restarted',
    key: 'nats',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        await world.nats.kill();
        await pause(2_000);
        await world.nats.start();
      }),
  },
  {
    name: 'NATS unavailable the whole time, with 2xx for Clerk',
    key: 'natsaway',
    unnoticed: true,
    run: async (world, load) => {
      await world.nats.stop();
      await load.send();
      await world.nats.start();
    },
  },
  {
    name: 'NATS suspended with open connections and resumed, with 2xx for Clerk',
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

/** Faults of PostgreSQL, and of the connections to both servers. */
export const postgresCells: readonly Cell[] = [
  {
    name: 'PostgreSQL killed and restarted',
    key: 'postgres',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        await world.postgres.kill();
        await pause(1_000);
        await world.postgres.restart();
      }),
  },
  {
    name: 'PostgreSQL suspended with open connections and resumed',
    key: 'postgresfrozen',
    run: (world, load) =>
      during(load, load.deliveries.length / 4, async () => {
        world.postgres.signal('SIGSTOP');
        await pause(FROZEN_MS);
        world.postgres.signal('SIGCONT');
      }),
  },
  {
    name: 'PostgreSQL out of connections',
    key: 'connections',
    run: async (world, load) => {
      // Slow enough that most deliveries are sent while there are no connections.
      load.gapMs = GAP_MS;
      await during(load, 8, async () => {
        const release = await exhaustConnections(world);
        try {
          load.gapMs = 0;
          // After the end of the previous gap.
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
      // PostgreSQL updates its statistics with a delay of about a second.
      await eventually(async () => (await deadlocks(world)) > before);
    },
  },
  {
    name: `a network that takes ${LATENCY_MS} ms each way to NATS and PostgreSQL, and breaks`,
    key: 'slow',
    run: async (world, load) => {
      const { gatehouse } = world;
      const nats = await TcpProxy.start(gatehouse.natsUrl, LATENCY_MS);
      const postgres = await TcpProxy.start(world.postgres.adminUrl, LATENCY_MS);
      try {
        for (const [name, database] of [
          ['webhook-ingest', 'ingest'],
          ['user-sync', 'users'],
        ] as const) {
          const databaseUrl = postgres.urlThrough(gatehouse.databases[database].serviceUrl);
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

/** Loss of messages that JetStream has acknowledged. */
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
    name: "NATS's store lost while stream-keeper is away, with 2xx for Clerk",
    key: 'keeperaway',
    short: true,
    unnoticed: true,
    run: async (world, load) => {
      await world.hold('stream-keeper');
      await during(load, load.deliveries.length / 2, () => loseStreams(world));
      // Every delivery is accepted, and nothing is on the stream that would carry it.
      await world.notReady('webhook-ingest', 'streams');
      world.release('stream-keeper');
    },
  },
  {
    name: "NATS's store lost, and stream-keeper killed while it creates the streams",
    key: 'keeperkilled',
    run: (world, load) =>
      during(load, load.deliveries.length / 2, async () => {
        await loseStreams(world);
        for (let n = 0; n < KEEPER_KILLS; n += 1) {
          await world.app('stream-keeper').kill();
          await pause(KEEPER_PAUSE_MS);
        }
      }),
  },
  {
    name: "NATS's store lost, and webhook-ingest killed after it noticed",
    key: 'afterrequeue',
    run: async (world, load) => {
      // While user-sync is down, the events stay on the stream and are lost with it.
      await world.hold('user-sync');
      await world.arm('webhook-ingest', 'after-requeue:kill');
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

/** Kills NATS, and starts it with an empty store. */
export async function loseStreams(world: FaultWorld): Promise<void> {
  await world.nats.kill();
  world.nats.loseStore();
  await world.nats.start();
}

/** Takes all connections of PostgreSQL, including those of the services, until it is released. */
async function exhaustConnections(world: FaultWorld): Promise<() => Promise<void>> {
  const held: Client[] = [];
  /** False when no connection is available. */
  const take = async (): Promise<boolean> => {
    const client = new Client({ connectionString: world.postgres.adminUrl, connectionTimeoutMillis: 5_000 });
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
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('webhook-ingest', 'user-sync', 'user-data')`,
    );
  while (await take());
  let holding = true;
  const taking = (async () => {
    while (holding) {
      if (await take()) continue;
      // The services also take free connections: repeat until they hold none.
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

/** Repeatedly locks rows in the reverse order of the services, which causes deadlocks. */
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
