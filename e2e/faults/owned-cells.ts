import { eventually } from '@gatehouse/testing';
import { type OwnedCell, during, pause, requireEffect } from './cell';
import { type FaultWorld } from './fault-world';
import { withReplicas } from './replica-cells';

/** Number of times that user-data dies at its failpoint. */
const KILLS = 2;
/** Longer than the time limits of a statement and of a request. */
const FROZEN_MS = 9_000;
const AWAY_MS = 4_000;

/** SIGKILL of user-data at a failpoint, when it passes there for the `nth` time after each start. */
export const killedAt = (point: string, nth: number, short?: true): OwnedCell => ({
  owned: true,
  name: `user-data killed ${point.replaceAll('-', ' ')}`,
  key: `data${point.replaceAll('-', '')}`,
  ...(short === undefined ? {} : { short }),
  run: async (world, load) => {
    await world.arm('user-data', `${point}:kill:${nth}`);
    const { restarts } = world;
    const sending = load.send();
    await eventually(() => world.restarts >= restarts + KILLS, { timeoutMs: 120_000 });
    await world.arm('user-data', undefined);
    await sending;
  },
});

/** Faults while users write to user-data. */
export const ownedCells: readonly OwnedCell[] = [
  { owned: true, name: 'user-data: none', key: 'data', run: (_world, load) => load.send() },
  killedAt('after-owner-begin', 10),
  killedAt('before-owner-commit', 10, true),
  killedAt('after-owner-commit', 10, true),
  killedAt('before-expiry', 1),
  killedAt('after-expiry', 1),
  {
    owned: true,
    name: 'user-data: NATS killed and restarted',
    key: 'datanats',
    run: (world, load) =>
      during(load, load.count / 4, async () => {
        await world.nats.kill();
        await pause(2_000);
        await world.nats.start();
      }),
  },
  {
    owned: true,
    name: 'user-data: its database unavailable, while the other routes answer',
    key: 'datadatabase',
    run: (world, load) =>
      during(load, load.count / 4, async () => {
        const { failed } = load;
        await world.postgres.setAccepting('data', false);
        try {
          await pause(AWAY_MS);
          requireEffect(load.failed > failed, 'user-data needs no database');
          await expectQuotasMissing(world);
        } finally {
          await world.postgres.setAccepting('data', true);
        }
      }),
  },
  {
    owned: true,
    name: 'user-data: PostgreSQL killed and restarted',
    key: 'datapostgres',
    run: (world, load) =>
      during(load, load.count / 4, async () => {
        await world.postgres.kill();
        await pause(1_000);
        await world.postgres.restart();
      }),
  },
  {
    owned: true,
    name: 'user-data: PostgreSQL suspended with open connections and resumed',
    key: 'datafrozen',
    run: (world, load) =>
      during(load, load.count / 4, async () => {
        world.postgres.signal('SIGSTOP');
        await pause(FROZEN_MS);
        world.postgres.signal('SIGCONT');
      }),
  },
  {
    owned: true,
    name: 'user-data: two replicas of every service, all restarted in turn',
    key: 'datarolling',
    unnoticed: true,
    run: (world, load) =>
      withReplicas(world, async () => {
        await during(load, load.count / 10, async () => {
          // Paced only now: at this pace, the writes before would take 20 s.
          load.gapMs = 5_000;
          await world.replicas.restartInTurn();
          requireEffect(load.done < load.count, 'the load ended before the restarts');
          load.gapMs = 0;
        });
      }),
  },
  {
    owned: true,
    name: 'user-data: two replicas, one killed',
    key: 'datareplicas',
    run: (world, load) =>
      withReplicas(world, () =>
        during(load, load.count / 4, () =>
          world
            .app('user-data')
            .kill()
            .then(() => undefined),
        ),
      ),
  },
];

/** @throws when the profile of a user is not answered while user-data has no database */
async function expectQuotasMissing(world: FaultWorld): Promise<void> {
  const response = await world.asAdmin('/api/me', {});
  const body = (await response.json()) as { quotas?: unknown };
  if (response.status !== 200 || body.quotas !== null) {
    throw new Error(`/api/me: HTTP ${response.status}, quotas ${JSON.stringify(body.quotas)}`);
  }
}
