import { type ServiceName } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { Clients } from './releases/clients';
import { Deployment } from './releases/deployment';
import { type Differences, differencesFrom } from './releases/differences';
import { Release } from './releases/release';
import { storeItem } from './releases/stored-item';
import { Traffic } from './releases/traffic';

const LIMIT_MS = 600_000;
/** Rounds of each work while two releases serve side by side. */
const ROUNDS = 2;
const SETTLE = { timeoutMs: 90_000, intervalMs: 1_000 };
const NONE: Differences = { deliveries: [], unrecorded: [], open: [], createdTwice: [], users: [] };

const [last, current] = [Release.last(), Release.current];
let deployment: Deployment | undefined;
let traffic: Traffic | undefined;

/** Starts the last release, and prepares the servers for this checkout under load. */
async function start(): Promise<{ clients: Clients; load: Traffic }> {
  deployment = await Deployment.start(last);
  const clients = new Clients(deployment);
  // Every fifth event comes again, often to the other release.
  await clients.control('faults', { kind: 'duplicate', probability: 0.2, params: { delay_ms: 2_000 } });
  const load = (traffic = await Traffic.start(clients));
  await load.repeated(1);
  load.phase = 'the migrations';
  await deployment.servers.prepare(current);
  return { clients, load };
}

afterAll(async () => {
  await traffic?.stop();
  await deployment?.stop();
}, LIMIT_MS);

/** Replaces the services by those of a release, one after the other, under load. */
async function replaceAll(running: Deployment, load: Traffic, order: readonly ServiceName[], to: Release) {
  for (const service of order) {
    if (to.services.includes(service)) {
      load.phase = `${service} of ${to.name} starts`;
      await running.startReplicas(service, to);
      load.phase = `${service} of both releases`;
      await load.repeated(ROUNDS);
      await eventually(async () => expect(await running.idleReplicas()).toEqual([]));
    }
    load.phase = `the other ${service} stops`;
    await running.stopOtherReplicas(service, to);
  }
  load.phase = `all services of ${to.name}`;
  await load.repeated(1);
}

const orders: [string, ServiceName[]][] = [
  ['the services that answer', ['user-data', 'user-sync', 'webhook-ingest', 'stream-keeper', 'api-gateway']],
  ['the gateways', ['api-gateway', 'stream-keeper', 'webhook-ingest', 'user-sync', 'user-data']],
];

describe('no request fails and no event is lost', () => {
  let clients: Clients;
  let load: Traffic;

  beforeAll(async () => {
    ({ clients, load } = await start());
  }, LIMIT_MS);

  it.each(orders)(
    'in an upgrade and its rollback that begin with %s',
    async (_first, order) => {
      // The test before holds it, also if it has failed.
      load.release();
      await replaceAll(clients.deployment, load, order, current);
      const kept = await storeItem(clients);
      await replaceAll(clients.deployment, load, order, last);
      await load.hold();

      expect(load.failures).toEqual([]);
      await eventually(async () => expect(await differencesFrom(clients)).toEqual(NONE), SETTLE);
      expect(clients.deployment.faults).toEqual([]);
      expect(await kept()).toBe('kept');
    },
    LIMIT_MS,
  );
});
