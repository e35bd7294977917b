import { type Cell, during, requireEffect } from './cell';
import { type FaultWorld, services } from './fault-world';

async function withReplicas(world: FaultWorld, work: () => Promise<void>): Promise<void> {
  await world.addReplicas();
  try {
    await work();
  } finally {
    await world.removeReplicas();
  }
}

/** Two replicas of every service. */
export const replicaCells: readonly Cell[] = [
  {
    name: 'two replicas of every service, all restarted in turn',
    key: 'rolling',
    unnoticed: true,
    run: (world, load) =>
      withReplicas(world, async () => {
        load.gapMs = 2_000;
        await during(load, load.deliveries.length / 10, async () => {
          await world.rollingRestart();
          requireEffect(load.done < load.deliveries.length, 'the load ended before the restarts');
          load.gapMs = 0;
        });
      }),
  },
  {
    name: 'two replicas of every service, one of each killed at the same time',
    key: 'replicas',
    run: (world, load) =>
      withReplicas(world, () =>
        during(load, load.deliveries.length / 4, async () => {
          await Promise.all(services.map((name) => world.gatehouse.apps[name].kill()));
        }),
      ),
  },
];
