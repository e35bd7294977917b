import { eventually } from '@gatehouse/testing';
import { type Cell } from './cell';
import { type Victim } from './fault-world';

/** Number of times that a service dies at its failpoint. */
const KILLS = 2;

/** SIGKILL of a service at a failpoint, when it passes there for the `nth` time after each start. */
export const killedAt = (name: Victim, point: string, nth: number, short?: true): Cell => ({
  name: `${name} killed ${point.replaceAll('-', ' ')}`,
  key: point.replaceAll('-', ''),
  ...(short === undefined ? {} : { short }),
  run: async (world, load) => {
    // The relay leases an event that was not published at once.
    await world.arm(
      name,
      point === 'after-relay-lease' ? `${point}:kill,before-publish:kill:15` : `${point}:kill:${nth}`,
    );
    const { restarts } = world;
    const sending = load.send();
    await eventually(() => world.restarts >= restarts + KILLS, { timeoutMs: 120_000 });
    await world.arm(name, undefined);
    await sending;
  },
});

/** SIGKILL between all durable steps of an event. */
export const crashCells: readonly Cell[] = [
  killedAt('webhook-ingest', 'before-record', 20),
  killedAt('webhook-ingest', 'after-record', 20, true),
  killedAt('webhook-ingest', 'after-publish', 20, true),
  killedAt('webhook-ingest', 'after-relay-lease', 1),
  killedAt('webhook-ingest', 'after-outcomes', 1),
  killedAt('user-sync', 'before-apply', 1),
  killedAt('user-sync', 'after-apply', 1, true),
  killedAt('user-sync', 'after-report', 1),
  {
    name: 'a poison message that kills user-sync at each attempt',
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
];
