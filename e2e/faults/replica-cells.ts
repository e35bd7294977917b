import { type Cell, during, requireEffect } from './cell';
import { type FaultWorld } from './fault-world';
import { services } from './replicas';

/** Runs `work` with a second replica of every service. */
export async function withReplicas(world: FaultWorld, work: () => Promise<void>): Promise<void> {
  await world.replicas.add();
  try {
    await work();
  } finally {
    await world.replicas.remove();
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
        await during(load, load.deliveries.length / 10, async () => {
          load.gapMs = 2_000;
          await world.replicas.restartInTurn();
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
