import { dataStream, usersStream } from '@gatehouse/contracts';
import { OPERATOR, eventually } from '@gatehouse/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Cell, type OwnedCell, during } from './cell';
import { killedAt } from './crash-cells';
import { type FaultWorld } from './fault-world';
import { killedAt as dataKilledAt } from './owned-cells';
import { loseStreams } from './server-cells';

const ITEMS = 20;
const WRITERS = ['user-sync', 'user-data'] as const;

/** Faults of the relays, which keep the streams of changes equal to their tables. */
export const streamCells: readonly (Cell | OwnedCell)[] = [
  killedAt('user-sync', 'after-stream-outbox-read', 1),
  killedAt('user-sync', 'after-stream-publish', 1),
  killedAt('user-sync', 'after-stream-settle', 1),
  dataKilledAt('after-stream-outbox-read', 1),
  dataKilledAt('after-stream-publish', 1),
  dataKilledAt('after-stream-settle', 1),
  {
    name: 'the stream of users deleted',
    key: 'usersdeleted',
    run: (world, load) => during(load, load.deliveries.length / 2, () => deleteStream(world, usersStream.name)),
  } satisfies Cell,
  {
    owned: true,
    name: 'user-data: its stream deleted',
    key: 'datadeleted',
    run: (world, load) => during(load, load.count / 2, () => deleteStream(world, dataStream.name)),
  } satisfies OwnedCell,
  {
    name: "NATS's store lost, and user-sync and user-data killed while they write their streams anew",
    key: 'rewritekilled',
    run: async (world, load) => {
      for (const name of WRITERS) await world.arm(name, 'before-stream-page-record:kill');
      const pids = WRITERS.map((name) => world.app(name).pid);
      await during(load, load.deliveries.length / 2, () => loseStreams(world));
      await eventually(() => WRITERS.every((name, index) => world.app(name).pid !== pids[index]), {
        timeoutMs: 60_000,
      });
      for (const name of WRITERS) await world.arm(name, undefined);
    },
  } satisfies Cell,
  {
    owned: true,
    name: 'user-data killed after it erased tombstones on its stream',
    key: 'tombstones',
    run: async (world, load) => {
      await deleteItems(world, load.name);
      await world.arm('user-data', 'after-tombstone-erase:kill');
      const { restarts } = world;
      await load.send();
      await world.postgres.query('data', 'UPDATE resource_tombstones SET remove_at = now()');
      await eventually(() => world.restarts > restarts, { timeoutMs: 60_000 });
      await world.arm('user-data', undefined);
      await eventually(
        async () => (await world.postgres.query('data', 'SELECT FROM resource_tombstones')).length === 0,
        { timeoutMs: 60_000 },
      );
    },
  } satisfies OwnedCell,
];

/** Deletes a stream as an operator would, by mistake. stream-keeper creates it again. */
async function deleteStream(world: FaultWorld, name: string): Promise<void> {
  const connection = await connect({ ...world.nats.as(OPERATOR), timeout: 20_000 });
  try {
    await (await jetstreamManager(connection)).streams.delete(name);
  } finally {
    await connection.close();
  }
}

/** A user creates items and deletes them again. */
async function deleteItems(world: FaultWorld, name: string): Promise<void> {
  const { key } = await world.makeCaller(`${name}-deleting`);
  const port = Number(world.gatehouse.environments['api-gateway'].PORT);
  const ask = async (method: 'POST' | 'DELETE', path: string, body?: object): Promise<{ readonly id: string }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
  for (let n = 0; n < ITEMS; n += 1) {
    const { id } = await ask('POST', '/api/items', { title: `${name} deleted ${n}` });
    await ask('DELETE', `/api/items/${id}`);
  }
}
