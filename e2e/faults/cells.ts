import { eventually, withClient } from '@gatehouse/testing';
import { Client } from 'pg';
import { type FaultWorld, type Victim } from './fault-world';
import { type Load } from './load';

/** One fault, done to a running Gatehouse while deliveries come. */
export interface Cell {
  readonly name: string;
  /** Letters and digits: it stands in ids. */
  readonly key: string;
  /** Runs in `npm test` too. */
  readonly short?: true;
  /** How many of the deliveries may, and have to, end dead. */
  readonly dead?: number;
  readonly deliveries?: number;
  run(world: FaultWorld, load: Load): Promise<void>;
}

/** How often a service dies at its failpoint before it is let live. */
const KILLS = 2;

const killedAt = (name: Victim, point: string, nth: number, short?: true): Cell => ({
  name: `${name} killed ${point.replaceAll('-', ' ')}`,
  key: point.replaceAll('-', ''),
  ...(short === undefined ? {} : { short }),
  run: async (world, load) => {
    // A claim of the relay takes an event that was not published at once.
    await world.arm(name, point === 'after-claim' ? `${point}:kill,before-publish:kill:15` : `${point}:kill:${nth}`);
    const { restarts } = world;
    const sending = load.send();
    await eventually(() => world.restarts >= restarts + KILLS, { timeoutMs: 120_000 });
    await world.arm(name, undefined);
    await sending;
  },
});

/** Sends, and does something when so many have been accepted. */
async function during(load: Load, accepted: number, fault: () => Promise<void>): Promise<void> {
  const sending = load.send();
  await eventually(() => load.done >= accepted, { timeoutMs: 60_000, intervalMs: 1 });
  await fault();
  await sending;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes every connection that PostgreSQL has left, for some seconds. */
async function exhaustConnections(world: FaultWorld): Promise<void> {
  const held: Client[] = [];
  const until = performance.now() + 4_000;
  while (performance.now() < until) {
    const client = new Client({ connectionString: world.adminUrl, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      held.push(client);
    } catch {
      await pause(100);
    }
    if (held.length === 60) {
      // Those that the services held are taken from them, and are not to be had again.
      await held[0]?.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('webhook-ingest', 'user-sync')`,
      );
    }
  }
  await Promise.all(held.map((client) => client.end()));
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

/** The faults, in an order in which none spoils the next: lost streams come last, for they take the short `ack_wait` along. */
export const cells: readonly Cell[] = [
  { name: 'none', key: 'none', run: (_world, load) => load.send() },
  killedAt('webhook-ingest', 'before-record', 20),
  killedAt('webhook-ingest', 'after-record', 20, true),
  killedAt('webhook-ingest', 'after-publish', 20, true),
  killedAt('webhook-ingest', 'after-claim', 1),
  killedAt('webhook-ingest', 'after-outcomes', 1),
  killedAt('user-sync', 'before-apply', 1),
  killedAt('user-sync', 'after-apply', 1, true),
  killedAt('user-sync', 'after-report', 1),
  {
    name: 'a poison message that kills user-sync at each try',
    key: 'poison',
    short: true,
    dead: 1,
    deliveries: 40,
    run: async (world, load) => {
      await world.arm('user-sync', `before-apply=msg_${load.name}15:kill`);
      await load.send();
      await eventually(
        async () => {
          const rows = await world.query(
            'ingest',
            `SELECT FROM webhook_events WHERE webhook_id = $1 AND status = 'failed' AND next_retry_at IS NULL`,
            [`msg_${load.name}15`],
          );
          if (rows.length === 0) throw new Error('the poison message is not dead yet');
        },
        { timeoutMs: 90_000, intervalMs: 250 },
      );
      await world.arm('user-sync', undefined);
    },
  },
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
    run: async (world, load) => {
      await world.nats.stop();
      await load.send();
      await world.nats.start();
    },
  },
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
    name: 'PostgreSQL out of connections',
    key: 'connections',
    run: (world, load) => during(load, load.deliveries.length / 4, () => exhaustConnections(world)),
  },
  {
    name: 'deadlocks on the ledger',
    key: 'deadlocks',
    run: async (world, load) => {
      let sending = true;
      const provoking = provokeDeadlocks(world, load, () => sending);
      await load.send();
      await pause(1_000);
      sending = false;
      await provoking;
    },
  },
  {
    name: "Clerk's clock ten minutes fast, ten minutes slow, then right",
    key: 'clock',
    run: async (_world, load) => {
      const began = performance.now();
      await load.send(() => {
        const ms = performance.now() - began;
        return ms < 1_000 ? 600_000 : ms < 2_000 ? -600_000 : 0;
      });
    },
  },
  {
    name: 'two replicas of both services, all restarted in turn',
    key: 'rolling',
    run: async (world, load) => {
      await world.addReplicas();
      try {
        await during(load, load.deliveries.length / 4, () => world.rollingRestart());
      } finally {
        await world.removeReplicas();
      }
    },
  },
  {
    name: 'two replicas of both services, killed at random',
    key: 'replicas',
    run: async (world, load) => {
      await world.addReplicas();
      try {
        await during(load, load.deliveries.length / 4, async () => {
          await Promise.all([world.app('webhook-ingest').kill(), world.app('user-sync').kill()]);
        });
      } finally {
        await world.removeReplicas();
      }
    },
  },
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
    run: (world, load) =>
      during(load, load.deliveries.length / 2, async () => {
        await world.nats.kill();
        world.nats.loseStore();
        await world.nats.start();
      }),
  },
];
