import { randomUUID } from 'node:crypto';
import { usersStream } from '@gatehouse/contracts';
import { CompactedStream, JetStream, StreamWentBackError } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { EpochMarker } from '../src/epoch-marker';
import { EpochRecord } from '../src/epoch-record';
import { LeaseLostError } from '../src/errors';
import { RelayMetrics } from '../src/relay-metrics';
import { StreamInspector } from '../src/stream-inspector';
import { RelayWorld } from './relay-world';
import { connectRelay } from './start-relay';

const log = createLogger({ service: 'relay-test', level: 'silent' });
const PREFIX = 'users.changed';

let world: RelayWorld;
let connections: Awaited<ReturnType<typeof connectRelay>>;

beforeAll(async () => {
  world = await RelayWorld.start();
  connections = await connectRelay(world.relayServers());
  await eventually(() => connections.nats.connected);
});
afterEach(() => world.stopRelays());
afterAll(async () => {
  await connections.nats.close();
  await connections.dataSource.destroy();
  await world.dispose();
});

/** Parts of a further replica, whose loops do not run. */
function partsOfReplica() {
  const { dataSource, nats } = connections;
  const stream = new CompactedStream(nats, new JetStream(nats, log), usersStream);
  const marker = new EpochMarker(stream, PREFIX);
  const record = new EpochRecord(dataSource, usersStream.name, randomUUID(), 10_000);
  const metrics = new RelayMetrics(new Registry(), 'gatehouse_test', 0);
  return { stream, marker, inspector: new StreamInspector({ stream, record, marker, metrics, refillMs: 0, log }) };
}

async function epoch(): Promise<{ epoch: number; reason: string; generation: number }> {
  const { rows } = await world.sql.query('SELECT epoch::float8, reason, generation::float8 FROM stream_epochs');
  return rows[0] as Awaited<ReturnType<typeof epoch>>;
}

it('asks a new stream for no message, because an old server may crash that is still creating it', async () => {
  const reads = await world.listenToVainReads();
  await world.startRelay();
  await world.completed();
  const own = randomUUID();
  expect(await world.message(own)).toBeUndefined();
  await eventually(() => reads.some((request) => request.includes(own)));
  expect(reads).toHaveLength(1);
});

it('begins a generation over the stream of another database', async () => {
  const before = await epoch();
  expect(before).toMatchObject({ reason: 'first', generation: 0 });
  await world.sql.query('DELETE FROM stream_epochs');
  await world.startRelay();
  const begun = await world.completed(before.epoch);
  await world.untilEqual();
  expect(await epoch()).toEqual({ epoch: begun, reason: 'foreign', generation: begun });
});

it('a writer that was stalled does not replace the marker of its epoch that another one has completed', async () => {
  await world.startRelay();
  await world.completed();
  await world.untilEqual();
  const complete = (await epoch()).epoch;
  const { marker } = partsOfReplica();
  const late = { epoch: complete, state: 'rebuilding' } as const;
  await expect(marker.publish(late)).rejects.toThrow(LeaseLostError);
  await expect(marker.publishInNewBlock(late)).rejects.toThrow(LeaseLostError);
  expect(await marker.read()).toEqual({ epoch: complete, complete: true });
});

it('expects later sequences than those before a restored backup until a new epoch is on record', async () => {
  const { stop } = await world.startRelay();
  await world.insert();
  await world.untilEqual();
  const backup = await world.backUpStream();
  await world.insert();
  await world.untilEqual();
  await stop();
  const { stream, inspector } = partsOfReplica();
  expect(await inspector.inspect()).toMatchObject({ verdict: { kind: 'intact' } });
  await world.restoreStream(backup);
  expect(await inspector.inspect()).toMatchObject({ verdict: { kind: 'begin' } });
  const publish = stream.publish(`${PREFIX}.${randomUUID()}`, new Uint8Array(), 0);
  await expect(publish).rejects.toThrow(StreamWentBackError);
});
