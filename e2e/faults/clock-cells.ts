import { join } from 'node:path';
import { eventually } from '@gatehouse/testing';
import { type Cell } from './cell';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

const TEN_MINUTES_MS = 600_000;
const REJECTED = 20;
const PRELOAD = `--require ${join(__dirname, 'shift-clock.cjs')}`;

/** Clock offset of each service, in ms. */
interface Shifts {
  readonly ingest: number;
  readonly sync: number;
}

async function setClocks(world: FaultWorld, { ingest, sync }: Shifts): Promise<void> {
  const shifted = (ms: number) => (ms === 0 ? {} : { NODE_OPTIONS: PRELOAD, CLOCK_SHIFT_MS: String(ms) });
  await world.restart('webhook-ingest', shifted(ingest));
  await world.restart('user-sync', shifted(sync));
}

/** Half of the deliveries run with the first offsets and half with the second. Clerk's clock equals that of the ingest. */
async function sendUnder(world: FaultWorld, load: Load, first: Shifts, second: Shifts): Promise<void> {
  let stampOffsetMs = first.ingest;
  try {
    await setClocks(world, first);
    const sending = load.send(() => stampOffsetMs);
    await eventually(() => load.done >= load.deliveries.length / 2, { timeoutMs: 60_000, intervalMs: 1 });
    stampOffsetMs = second.ingest;
    await setClocks(world, second);
    await sending;
    await load.settled(60_000);
  } finally {
    await setClocks(world, { ingest: 0, sync: 0 });
  }
}

/** Wrong clocks: Clerk's, and those of the services against each other and against PostgreSQL. */
export const clockCells: readonly Cell[] = [
  {
    name: "Clerk's clock ten minutes fast, ten minutes slow, then correct",
    key: 'clock',
    // Wrong until enough deliveries were rejected, because an ingest that is still starting rejects none.
    run: (_world, load) =>
      load.send(() => {
        if (load.failed < REJECTED) return TEN_MINUTES_MS;
        return load.failed < 2 * REJECTED ? -TEN_MINUTES_MS : 0;
      }),
  },
  {
    name: "webhook-ingest's clock ten minutes fast: deliveries are rejected until it is corrected",
    key: 'ingestclock',
    run: async (world, load) => {
      await setClocks(world, { ingest: TEN_MINUTES_MS, sync: 0 });
      const sending = load.send();
      await eventually(() => load.failed >= REJECTED, { timeoutMs: 60_000 });
      if (load.done > 0) throw new Error('a delivery was accepted with a clock ten minutes wrong');
      await setClocks(world, { ingest: 0, sync: 0 });
      await sending;
    },
  },
  {
    name: "webhook-ingest's clock (and Clerk's) ten minutes fast, then slow",
    key: 'ingestskew',
    run: (world, load) =>
      sendUnder(world, load, { ingest: TEN_MINUTES_MS, sync: 0 }, { ingest: -TEN_MINUTES_MS, sync: 0 }),
  },
  {
    name: "user-sync's clock ten minutes fast, then slow",
    key: 'syncskew',
    run: (world, load) =>
      sendUnder(world, load, { ingest: 0, sync: TEN_MINUTES_MS }, { ingest: 0, sync: -TEN_MINUTES_MS }),
  },
  {
    name: "both services' clocks ten minutes wrong in opposite directions, then the reverse",
    key: 'bothskew',
    run: (world, load) =>
      sendUnder(
        world,
        load,
        { ingest: TEN_MINUTES_MS, sync: -TEN_MINUTES_MS },
        { ingest: -TEN_MINUTES_MS, sync: TEN_MINUTES_MS },
      ),
  },
];
