import { eventually } from '@gatehouse/testing';
import { type Cell, pause, requireEffect } from './cell';

const FULL_MS = 5_000;

/** Disks that are full and then have space again. */
export const diskCells: readonly Cell[] = [
  {
    name: "PostgreSQL's disk full, then with space",
    key: 'postgresdisk',
    smallDisks: true,
    run: async (world, load) => {
      const sending = load.send();
      await eventually(() => load.done >= load.deliveries.length / 4, { timeoutMs: 60_000, intervalMs: 1 });
      world.disks.postgres.fill();
      // A full disk without effect would prove nothing.
      await eventually(() => load.failed >= 20, { timeoutMs: 60_000 });
      world.disks.postgres.empty();
      await world.postgres.restartIfDown();
      await sending;
    },
  },
  {
    name: "NATS's disk full, then with space, with 2xx for Clerk",
    key: 'natsdisk',
    smallDisks: true,
    unnoticed: true,
    run: async (world, load) => {
      const sending = load.send();
      await eventually(() => load.done >= load.deliveries.length / 4, { timeoutMs: 60_000, intervalMs: 1 });
      world.disks.nats.fill();
      await sending;
      await pause(FULL_MS);
      const [unpublished] = await world.query<{ n: number }>(
        'ingest',
        'SELECT count(*)::int AS n FROM webhook_events WHERE published_at IS NULL',
      );
      requireEffect((unpublished?.n ?? 0) > 0, 'NATS accepted everything');
      world.disks.nats.empty();
      // nats-server disables JetStream on a full disk until it is restarted.
      await world.nats.stop();
      await world.nats.start();
    },
  },
];
